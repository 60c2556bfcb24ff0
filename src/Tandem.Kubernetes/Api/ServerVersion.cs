using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api;

/// <summary>The Kubernetes version whose behaviour is served, and that this is Tandem's server of it.</summary>
internal static class ServerVersion
{
    public const string Major = "1";

    public const string Minor = "33";

    public const string GitVersion = $"v{Major}.{Minor}.0+tandem";

    public static JsonObject ToJson() => new()
    {
        ["major"] = Major,
        ["minor"] = Minor,
        ["gitVersion"] = GitVersion,
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "dotnet",
        ["platform"] = "linux/amd64",
    };
}
