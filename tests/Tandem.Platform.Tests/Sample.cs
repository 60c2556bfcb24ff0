using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests;

/// <summary>Platform files for tests.</summary>
internal static class Sample
{
    public static readonly string[] Recipes = ["nginx", "whoami"];

    /// <summary>All but the load balancer.</summary>
    public const string Head = """
        apiVersion: tandem.dev/v1alpha1
        kind: Platform
        metadata: { name: demo }
        spec:
          hostname: api.yourcompany.com
          clusters:
            hot: { embedded: {} }
            standby: { embedded: {} }
          loadBalancer:

        """;

    public const string Minimal = Head + "    embedded: {}\n";

    public static PlatformSpec Spec(string loadBalancer = "") => Parse(Minimal + loadBalancer);

    public static PlatformSpec Parse(string text) => PlatformFile.Parse(text, "platform.yaml", Recipes);

    public static IReadOnlyList<string> Errors(string text) =>
        [.. Assert.Throws<InvalidSpecException>(() => Parse(text)).Errors.Select(e => e.ToString())];

    /// <summary>The repository's root: where Tandem.slnx is.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tandem.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests do not run from the repository");
        return folder;
    }
}
