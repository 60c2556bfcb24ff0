using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>An upload that goes on until it is answered. A socket, since HttpClient forgets the answer when sending fails.</summary>
internal static class EndlessUpload
{
    /// <summary>4 KiB, as the proxy's connections write at once: less is held back for the next.</summary>
    private static readonly byte[] Chunk = Encoding.ASCII.GetBytes($"1000\r\n{new string('x', 4096)}\r\n");

    /// <summary>The whole answer.</summary>
    public static async Task<string> RunAsync(IPEndPoint proxy)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(proxy);
        var stream = socket.GetStream();
        using var answered = new CancellationTokenSource();
        var sending = SendAsync(stream, answered.Token);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var length)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, length));
                await answered.CancelAsync();
            }
        }
        catch (IOException) when (answer.Length > 0)
        {
            // Closed with some of the upload unread, after the answer.
        }

        await answered.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer.ToString();
    }

    private static async Task SendAsync(NetworkStream stream, CancellationToken answered)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PUT /upload HTTP/1.1\r\nHost: {RunningBalancer.Host}\r\nTransfer-Encoding: chunked\r\n\r\n"), CancellationToken.None);
        while (!answered.IsCancellationRequested)
        {
            await stream.WriteAsync(Chunk, answered);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, answered);
        }
    }
}
