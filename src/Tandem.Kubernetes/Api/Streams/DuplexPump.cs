namespace Tandem.Kubernetes.Api.Streams;

/// <summary>Joins two connections until either ends; a side that does not read holds the other back.</summary>
internal static class DuplexPump
{
    private const int BufferSize = 32 * 1024;

    public static Task RunAsync(Stream a, Stream b, CancellationToken cancellationToken) =>
        FirstAsync(stop => a.CopyToAsync(b, BufferSize, stop), stop => b.CopyToAsync(a, BufferSize, stop), cancellationToken);

    /// <summary>Runs both until one ends, then ends the other. A connection that breaks is an end like any other.</summary>
    public static async Task FirstAsync(
        Func<CancellationToken, Task> first, Func<CancellationToken, Task> second, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var both = new[] { first(stop.Token), second(stop.Token) };
        await Task.WhenAny(both);
        await stop.CancelAsync();
        foreach (var one in both)
        {
            try
            {
                await one;
            }
            catch (Exception e) when (e is IOException or System.Net.WebSockets.WebSocketException or OperationCanceledException)
            {
                // One side has gone, which is how every stream ends.
            }
        }
    }
}
