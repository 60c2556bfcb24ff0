using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.LoadBalancer.Api;

namespace Tandem.LoadBalancer.Tests.Api;

public class UnsupportedFieldsTests
{
    private static readonly UnsupportedFields Fields = new("""{"none":null,"flag":false,"map":{},"nested":{"percent":0,"policy":"random"}}""");

    [Theory]
    [InlineData("""{"none":null,"flag":false,"map":{},"nested":{"percent":0,"policy":"random"}}""", null)]
    [InlineData("""{"nested":{"percent":0.0}}""", null)]
    [InlineData("""{"nested":{}}""", null)]
    [InlineData("""{"nested":null,"flag":null}""", null)]
    [InlineData("""{"none":0}""", "/none")]
    [InlineData("""{"flag":"false"}""", "/flag")]
    [InlineData("""{"map":{"a":null}}""", "/map")]
    [InlineData("""{"map":[]}""", "/map")]
    [InlineData("""{"nested":{"percent":1}}""", "/nested/percent")]
    [InlineData("""{"nested":{"other":1}}""", "/nested")]
    [InlineData("""{"nobody":1}""", "/nobody")]
    public void Validate_Value_PassesOnlyWhereItAsksForNothing(string json, string? pointer) => Assert.Equal(pointer, Refused(json));

    [Property]
    public Property Validate_AnyNumber_PassesOnlyAsTheDefault(int number) =>
        ((Refused($$$"""{"nested":{"percent":{{{number}}}}}""") is null) == (number == 0)).ToProperty();

    [Fact]
    public void Defaults_AreAcceptedWhenTheyAreSentBack() => Assert.Null(Refused(JsonSerializer.Serialize(Fields.Defaults)));

    private static string? Refused(string json)
    {
        var errors = new Validation();
        Fields.Validate(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json), errors);
        try
        {
            errors.ThrowIfAny();
            return null;
        }
        catch (ApiException e)
        {
            return e.Errors.Single().Source!.Pointer;
        }
    }
}
