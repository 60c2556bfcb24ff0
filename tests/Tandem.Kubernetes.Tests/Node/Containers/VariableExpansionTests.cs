using FsCheck.Xunit;
using Tandem.Kubernetes.Node.Containers;

namespace Tandem.Kubernetes.Tests.Node.Containers;

public sealed class VariableExpansionTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["A"] = "1", ["B"] = "$(A)" };

    [Theory]
    [InlineData("$(A)", "1")]
    [InlineData("x$(A)y$(A)", "x1y1")]
    [InlineData("$(B)", "$(A)")]
    [InlineData("$(C)", "$(C)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$(A", "$(A")]
    [InlineData("$A $", "$A $")]
    public void Expand_AsDocumented(string text, string expected) => Assert.Equal(expected, VariableExpansion.Expand(text, Variables));

    [Property]
    public bool Expand_TextWithDoubledDollars_GivesThePlainTextBack(string? text) =>
        VariableExpansion.Expand((text ?? "").Replace("$", "$$", StringComparison.Ordinal), Variables) == (text ?? "");
}
