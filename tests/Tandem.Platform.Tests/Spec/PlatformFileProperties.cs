using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Spec;

public sealed class PlatformFileProperties
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ": ", "- ", ",", "\n", "\n  ", "\n    ", "? ", "&a ", "*a", "!!int ", "!x ", "|", ">", "'", "\"", "#", "%YAML 9.9\n", "---\n", "...\n",
        "\t", "\0", "\\x", "<<", "null", "10s", "999999999h", "-1", "embedded", "failback", "after", "images", "\ud800", "\u2028", "@", "`",
    ];

    [Property(MaxTest = 2000)]
    public void Parse_AnyText_ParsesOrIsInvalid(string? text) => ParsesOrIsInvalid(text ?? "");

    [Property(MaxTest = 2000)]
    public Property Parse_AnyYamlPieces_ParsesOrIsInvalid() =>
        Prop.ForAll(Gen.Elements(Pieces).ListOf().ToArbitrary(), pieces => ParsesOrIsInvalid(string.Concat(pieces)));

    [Property(MaxTest = 3000)]
    public Property Parse_DamagedFile_ParsesOrIsInvalid()
    {
        var damage = Gen.Choose(0, Sample.Minimal.Length - 1).SelectMany(at => Gen.Choose(0, 12).SelectMany(length => Gen.Elements(Pieces).Select(piece => (at, length, piece))));
        return Prop.ForAll(damage.ToArbitrary(), d => ParsesOrIsInvalid(
            Sample.Minimal[..d.at] + d.piece + Sample.Minimal[Math.Min(Sample.Minimal.Length, d.at + d.length)..]));
    }

    private static void ParsesOrIsInvalid(string text)
    {
        try
        {
            Assert.NotEmpty(Sample.Parse(text).Name);
        }
        catch (InvalidSpecException e)
        {
            Assert.NotEmpty(e.Errors);
            Assert.All(e.Errors, error => Assert.True(error is { Line: >= 1, Column: >= 1, Message.Length: > 0 }, error.ToString()));
        }
    }
}
