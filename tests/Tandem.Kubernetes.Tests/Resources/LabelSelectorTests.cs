using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Tests.Resources;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["tier"] = "front" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier!=back", true)]
    [InlineData("app in (api, web),tier", true)]
    [InlineData("app notin (web)", false)]
    [InlineData("other notin (web)", true)]
    [InlineData("!app", false)]
    [InlineData("!other", true)]
    [InlineData("other", false)]
    public void Parse_Selector_MatchesAsDocumented(string text, bool matches) => Assert.Equal(matches, LabelSelector.Parse(text).Matches(Labels));

    [Theory]
    [InlineData("a b")]
    [InlineData("a in (b")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData("=b")]
    public void Parse_WhatIsNoSelector_Throws(string text) => Assert.Throws<FormatException>(() => LabelSelector.Parse(text));
}
