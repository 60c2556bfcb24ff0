using System.Text.RegularExpressions;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// The documentation says what is so.
/// <para>
/// The convention for README.md and docs/*.md: a fenced block that begins with <c>```sh test</c> is run by bash in the checkout, as it stands,
/// against the platform of these tests, and every command in it must succeed. It is written for the platform file that ships:
/// the state folder, the address range and the API's port are replaced by those of the tests' platform, and <c>tandem</c> is a
/// function that runs the built command with this platform's file. A block that changes anything begins with <c>```sh</c>
/// alone and is not run.
/// </para>
/// </summary>
[Collection(nameof(DeployedPlatform))]
public sealed partial class DocumentationTests(PlatformFixture fixture)
{
    private static readonly string[] Hidden = ["host", "lb run", "cluster run", "agent"];

    private readonly TestPlatform _platform = fixture.Platform;

    public static TheoryData<string, int> Blocks()
    {
        var data = new TheoryData<string, int>();
        foreach (var document in Documents())
            foreach (var block in Fences(document).Where(b => b.Info == "sh test"))
                data.Add(document, block.Line);
        return data;
    }

    public static TheoryData<string> AllDocuments() => [.. Documents()];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Block_MarkedAsTest_Succeeds(string document, int line)
    {
        var block = Fences(document).Single(b => b.Line == line);
        var text = block.Text
            .Replace("/var/lib/tandem/demo", _platform.StateOfPlatform, StringComparison.Ordinal)
            .Replace("10.77.0.", _platform.Address(0)[..^1], StringComparison.Ordinal)
            .Replace("127.0.0.1:8053", $"127.0.0.1:{_platform.ApiPort}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8057", $"127.0.0.1:{_platform.ApiPort + 4}", StringComparison.Ordinal);
        var script = $$"""
            set -euo pipefail
            export KUBECACHEDIR='{{Path.Combine(Path.GetDirectoryName(_platform.File)!, "cache", "documentation")}}'
            tandem() { dotnet '{{TandemCommand.Create().Arguments[0]}}' "$@" -f '{{_platform.File}}' --state '{{_platform.State}}'; }
            {{text}}
            """;

        var result = await ProcessRunner.RunAsync(new Command("bash", "-c", script) { WorkingDirectory = TandemCommand.Root });

        Assert.True(result.ExitCode == 0, $"{document}:{line} exited with {result.ExitCode}: {result.Error}{result.Output}\n{text}");
    }

    [Theory]
    [MemberData(nameof(AllDocuments))]
    public void Links_ToFilesHere_LeadSomewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(TandemCommand.Root, document))!;
        foreach (var target in Link().Matches(Read(document)).Select(m => m.Groups["target"].Value).Where(t => !t.Contains("://", StringComparison.Ordinal)))
        {
            var parts = target.Split('#');
            var path = parts[0].Length == 0 ? Path.Combine(TandemCommand.Root, document) : Path.GetFullPath(parts[0], folder);
            Assert.True(Path.Exists(path), $"{document} links to {target}, which does not exist");
            if (parts.Length > 1)
                Assert.True(Anchors(path).Contains(parts[1]), $"{document} links to {target}, but there is no such heading");
        }
    }

    [Theory]
    [MemberData(nameof(AllDocuments))]
    public async Task Commands_ThatAreMentioned_Exist(string document)
    {
        var inline = InlineCode().Matches(WithoutFences(document)).Select(m => m.Groups["code"].Value);
        var lines = Fences(document).Where(f => f.Info.Split(' ')[0] == "sh").SelectMany(f => f.Text.Split('\n'));
        var commands = await CommandsAsync();
        foreach (var words in inline.Concat(lines).Select(t => Mention().Match(t)).Where(m => m.Success).Select(m => m.Groups["word"].Captures.Select(c => c.Value).ToList()))
        {
            if (Hidden.Contains(words[0]) || Hidden.Contains(string.Join(' ', words.Take(2))))
                continue;
            Assert.Contains(words[0], commands);
            var inner = await CommandsAsync(words[0]);
            if (words.Count > 1 && inner.Count > 0)
                Assert.Contains(words[1], inner);
        }
    }

    [Theory]
    [InlineData("docs/platform-file.md", false)]
    [InlineData("docs/images.md", true)]
    public void Fields_OfAFormat_AreAllDescribedAndNoOthers(string document, bool image)
    {
        var known = Directory.GetFiles(Path.Combine(TandemCommand.Root, "src/Tandem.Platform/Spec"), "*.cs")
            .Where(f => Path.GetFileName(f) == "SpecFile.cs" || Path.GetFileName(f) == "ImageFile.cs" == image)
            .SelectMany(f => KnownField().Matches(File.ReadAllText(f))).Select(m => m.Groups["name"].Value);
        var described = DescribedField().Matches(Read(document)).SelectMany(m => m.Groups["path"].Value.Split('.'));

        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), described.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>The names that a command's help lists; empty for one without commands of its own.</summary>
    private static async Task<IReadOnlyList<string>> CommandsAsync(params string[] path)
    {
        var help = (await TandemCommand.RunAsync([.. path, "--help"])).Output;
        var start = help.IndexOf("Commands:\n", StringComparison.Ordinal);
        return start < 0 ? [] : [.. help[start..].Split('\n').Skip(1).TakeWhile(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l.Trim().Split(' ')[0])];
    }

    private static IEnumerable<string> Documents() =>
        Directory.GetFiles(Path.Combine(TandemCommand.Root, "docs"), "*.md").Select(f => "docs/" + Path.GetFileName(f)).Append("README.md").Order(StringComparer.Ordinal);

    private static string Read(string document) => File.ReadAllText(Path.Combine(TandemCommand.Root, document));

    private static IEnumerable<Fence> Fences(string document)
    {
        Fence? open = null;
        foreach (var (index, line) in Read(document).Split('\n').Index())
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                open = open is null ? null : open with { Text = open.Text + line + "\n" };
                continue;
            }

            if (open is not null)
                yield return open;
            open = open is null ? new Fence(index + 1, line[3..].Trim(), "") : null;
        }

        Assert.True(open is null, $"{document}:{open?.Line}: the block is not closed");
    }

    private static string WithoutFences(string document) =>
        Fences(document).Where(f => f.Text.Length > 0).Aggregate(Read(document), (text, fence) => text.Replace(fence.Text, "", StringComparison.Ordinal));

    /// <summary>The anchors that GitHub makes of a file's headings.</summary>
    private static IEnumerable<string> Anchors(string path) => File.ReadAllLines(path)
        .Where(l => l.StartsWith('#'))
        .Select(l => NotInAnchor().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?<!`)`(?<code>[^`\n]+)`(?!`)")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\Atandem(?: (?<word>[a-z][a-z-]*))+")]
    private static partial Regex Mention();

    [GeneratedRegex("Field\\(\"(?<name>\\w+)\"\\)")]
    private static partial Regex KnownField();

    [GeneratedRegex(@"^\| `(?<path>[A-Za-z.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DescribedField();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchor();

    private sealed record Fence(int Line, string Info, string Text);
}
