using FsCheck.Xunit;
using YamlDotNet.Core;

namespace Tandem.Yaml.Tests;

public sealed class YamlTests
{
    [Theory]
    [InlineData("a: y", """{"a":true}""")]
    [InlineData("a: \"y\"", """{"a":"y"}""")]
    [InlineData("a: 0644", """{"a":420}""")]
    [InlineData("a: 0x1F", """{"a":31}""")]
    [InlineData("a: 1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a: ~", """{"a":null}""")]
    [InlineData("a: &x { b: 1 }\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    public void Convert_Values_AreThoseOfYaml11(string yaml, string json) => Assert.Equal(json, Read(yaml)!.ToJsonString());

    /// <summary>Each of these ended the process, or broke out as another exception, at some time.</summary>
    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    public void Load_VeryDeep_IsRefused(string opening) =>
        Assert.ThrowsAny<YamlException>(() => YamlText.Load(string.Concat(Enumerable.Repeat(opening, 100_000))));

    [Theory]
    [InlineData("? [a]\n: b")]
    [InlineData("a: *nothing")]
    [InlineData("a: 1\n b: : [")]
    public void Load_WhatJsonCannotHave_IsRefused(string yaml) => Assert.ThrowsAny<YamlException>(() => YamlText.Load(yaml));

    [Property]
    public void Read_AnyText_GivesAValueOrAYamlException(string text)
    {
        try
        {
            Read(text ?? "");
        }
        catch (YamlException)
        {
            // What it is for.
        }
    }

    private static System.Text.Json.Nodes.JsonNode? Read(string yaml) => YamlText.Load(yaml) is [var root, ..] ? YamlJson.Convert(root) : null;
}
