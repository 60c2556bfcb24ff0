using System.Runtime.CompilerServices;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Tests.Translation;

/// <summary>
/// Each folder of cases/ holds Kubernetes objects and the servers and upstreams of the nginx.conf that they give, followed by the
/// problems that are reported. TANDEM_UPDATE_GOLDEN=1 writes the latter anew.
/// </summary>
public class GoldenTests
{
    private static readonly NginxSettings Settings = new("/tmp/ingress", "8080", "8443", "/dev/stdout", 2);

    public static TheoryData<string> Cases() =>
        [.. Directory.EnumerateDirectories(CasesFolder()).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task From_Objects_GivesTheConfiguration(string name)
    {
        var folder = Path.Combine(CasesFolder(), name);
        var actual = Translate(await Objects.LoadAsync(Path.Combine(folder, "objects.yaml")));

        var expectedFile = Path.Combine(folder, "nginx.conf");
        if (Environment.GetEnvironmentVariable("TANDEM_UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(expectedFile, actual);
        var expected = await File.ReadAllTextAsync(expectedFile);
        Assert.True(expected == actual, Difference(expected, actual));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task From_ObjectsInReverseOrder_GivesTheSameConfiguration(string name)
    {
        var objects = await Objects.LoadAsync(Path.Combine(CasesFolder(), name, "objects.yaml"));
        var reversed = new ClusterSnapshot(
            [.. objects.Classes.Reverse()], [.. objects.Ingresses.Reverse()], [.. objects.Services.Reverse()],
            [.. objects.EndpointSlices.Reverse()], [.. objects.Secrets.Reverse()]);

        Assert.Equal(Translate(objects), Translate(reversed));
    }

    private static string Translate(ClusterSnapshot snapshot)
    {
        var configuration = IngressConfiguration.From(snapshot);
        var (text, generation) = NginxConfiguration.Render(configuration, Settings);
        // The part before is the same for all, and the generation changes with every comma of it.
        var start = text.IndexOf("    upstream ", StringComparison.Ordinal);
        if (start < 0)
            start = text.IndexOf("    server {", StringComparison.Ordinal);
        var problems = configuration.Problems.Select(p => $"# {p.Ingress.Metadata.NamespaceProperty}/{p.Ingress.Metadata.Name} {p.Reason}: {p.Message}\n");
        return text[start..].Replace(generation, "GENERATION", StringComparison.Ordinal) + string.Concat(problems);
    }

    private static string Difference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var lines = Enumerable.Range(0, Math.Max(left.Length, right.Length))
            .Select(i => (Line: i + 1, Expected: left.ElementAtOrDefault(i), Actual: right.ElementAtOrDefault(i)))
            .Where(l => l.Expected != l.Actual).Take(20);
        return string.Join('\n', lines.Select(l => $"{l.Line}\n  - {l.Expected}\n  + {l.Actual}"));
    }

    private static string CasesFolder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "cases");
}
