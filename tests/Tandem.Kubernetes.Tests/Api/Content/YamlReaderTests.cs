using FsCheck.Xunit;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Tests.Api.Content;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: y", """{"a":true}""")]
    [InlineData("a: \"y\"", """{"a":"y"}""")]
    [InlineData("a: off", """{"a":false}""")]
    [InlineData("a: 0644", """{"a":420}""")]
    [InlineData("a: 10", """{"a":10}""")]
    [InlineData("a: 1.5", """{"a":1.5}""")]
    [InlineData("a: 1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a: 100m", """{"a":"100m"}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a: [ { b: 1 } ]", """{"a":[{"b":1}]}""")]
    [InlineData("1: 2", """{"1":2}""")]
    public void Read_Scalars_AreThoseOfYaml11(string yaml, string json) => Assert.Equal(json, YamlReader.Read(yaml)!.ToJsonString());

    [Fact]
    public void Read_Malformed_IsABadRequestWithItsLine() =>
        Assert.Contains("yaml: line 2", Assert.Throws<ApiException>(() => YamlReader.Read("a: 1\n b: : [")).Message);

    [Property]
    public void Read_AnyText_GivesAValueOrABadRequest(string text)
    {
        try
        {
            YamlReader.Read(text ?? "");
        }
        catch (ApiException e)
        {
            Assert.Equal(400, e.Code);
        }
    }
}
