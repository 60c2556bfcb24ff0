using System.Net;

namespace Tandem.ClusterDns;

/// <summary>/health: the process answers. /ready: it also knows the cluster's names.</summary>
internal sealed class HealthServer(int port, Func<bool> isReady)
{
    /// <exception cref="HttpListenerException">The port is in use.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add($"http://*:{port}/");
        listener.Start();
        await using var stop = cancellationToken.Register(listener.Stop);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var context = await listener.GetContextAsync();
                context.Response.StatusCode = context.Request.Url?.AbsolutePath switch
                {
                    "/health" => 200,
                    "/ready" => isReady() ? 200 : 503,
                    _ => 404,
                };
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // A client that went away, or the stop; the loop's condition tells which.
            }
        }
    }
}
