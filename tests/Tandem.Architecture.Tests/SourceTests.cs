using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Tandem.Architecture.Tests;

public sealed class SourceTests(ITestOutputHelper output)
{
    private const int MaxLines = 500;

    [Fact]
    public void Namespaces_FollowFolders()
    {
        var wrong = Project.Files()
            .Select(f => (File: Path.GetRelativePath(Project.Source, f), Match: Regex.Match(File.ReadAllText(f), @"^namespace ([\w.]+)", RegexOptions.Multiline)))
            .Where(f => f.Match.Success && f.Match.Groups[1].Value != Path.GetDirectoryName(f.File)!.Replace('/', '.'))
            .Select(f => $"{f.File}: {f.Match.Groups[1].Value}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Files_HoldOneIdea()
    {
        var lines = Project.Files().Select(f => (File: Path.GetRelativePath(Project.Source, f), Lines: File.ReadLines(f).Count())).OrderBy(f => f.Lines).ToList();
        output.WriteLine($"{lines.Count} files; median {lines[lines.Count / 2].Lines} lines (at most 60 wanted), 95th percentile {lines[lines.Count * 95 / 100].Lines} (250)");

        Assert.True(lines.Count > 100, "the sources were not found");
        Assert.DoesNotContain(lines, f => f.Lines > MaxLines);
    }
}
