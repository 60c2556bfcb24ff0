namespace Tandem.Kubernetes.Api.Streams;

/// <summary>The node refuses a stream, in plain text, as a kubelet behind the API server does.</summary>
internal sealed class StreamRefusedException(int code, string message) : Exception(message)
{
    /// <summary>The HTTP status code.</summary>
    public int Code { get; } = code;
}
