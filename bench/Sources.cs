namespace Tandem.Bench;

/// <summary>The checkout that the benchmarks were built from.</summary>
internal static class Sources
{
    public static string Root { get; } = Find();

    /// <summary>The command line, built with the benchmarks.</summary>
    public static string Cli => Path.Combine(Root, "src/Tandem.Cli/bin/Release/net10.0/tandem.dll");

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tandem.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the benchmarks run in their checkout");
        return folder;
    }
}
