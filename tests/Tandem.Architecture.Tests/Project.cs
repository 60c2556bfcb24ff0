using System.Xml.Linq;

namespace Tandem.Architecture.Tests;

/// <summary>The projects as their files say.</summary>
internal static class Project
{
    /// <summary>The repository's root: where Tandem.slnx is.</summary>
    public static string Root { get; } = FindRoot();

    public static string Source => Path.Combine(Root, "src");

    public static IReadOnlyList<string> All { get; } = [.. Directory.GetDirectories(Source).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    /// <summary>What a project refers to, by however many steps.</summary>
    public static IReadOnlySet<string> Closure(string project)
    {
        var seen = new HashSet<string>();
        var open = new Queue<string>(References(project));
        while (open.TryDequeue(out var next))
            if (seen.Add(next))
                foreach (var reference in References(next))
                    open.Enqueue(reference);
        return seen;
    }

    /// <summary>The sources, without what a build makes.</summary>
    public static IEnumerable<string> Files() => Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(f => Path.GetRelativePath(Source, f).Split('/')[1] is not ("obj" or "bin"));

    private static IEnumerable<string> References(string project) => XDocument.Load(Path.Combine(Source, project, project + ".csproj"))
        .Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tandem.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests do not run from the repository");
        return folder;
    }
}
