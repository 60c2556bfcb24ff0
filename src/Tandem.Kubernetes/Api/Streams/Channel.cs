namespace Tandem.Kubernetes.Api.Streams;

/// <summary>The first byte of each WebSocket message.</summary>
internal enum Channel : byte
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,
    Error = 3,
    Resize = 4,

    /// <summary>The second byte names a channel that the sender has closed (v5).</summary>
    Close = 255,
}
