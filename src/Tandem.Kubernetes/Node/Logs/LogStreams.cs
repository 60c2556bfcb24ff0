namespace Tandem.Kubernetes.Node.Logs;

/// <summary>The outputs of a container that its log can be narrowed to (KEP-4572).</summary>
internal static class LogStreams
{
    public const string All = "All";
    public const string Stdout = "Stdout";
    public const string Stderr = "Stderr";
}
