using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api;

/// <summary>The Kubernetes version whose behaviour is served, and that this is Tandem's server of it.</summary>
internal static class ServerVersion
{
    public const string GitVersion = "v1.33.0+tandem";

    public static JsonObject ToJson() => new()
    {
        ["major"] = "1",
        ["minor"] = "33",
        ["gitVersion"] = GitVersion,
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "dotnet",
        ["platform"] = "linux/amd64",
    };
}
