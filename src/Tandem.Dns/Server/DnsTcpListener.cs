using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Dns.Server;

/// <summary>One listening TCP socket: messages after their two-byte length, several a connection (RFC 7766).</summary>
internal sealed class DnsTcpListener(Socket socket, DnsAnswering answering, DnsServerOptions options)
{
    private int _connections;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var client = await socket.AcceptAsync(cancellationToken);
                if (Interlocked.Increment(ref _connections) > options.MaxTcpConnections)
                {
                    Interlocked.Decrement(ref _connections);
                    answering.Statistics.CountOverload();
                    client.Dispose();
                    continue;
                }

                _ = ServeAsync(client, cancellationToken);
            }
            catch (Exception e)
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                answering.Report(e);
                await Task.Delay(TimeSpan.FromMilliseconds(100), options.TimeProvider, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        try
        {
            client.NoDelay = true;
            var address = ((IPEndPoint)client.RemoteEndPoint!).Address.GetAddressBytes();
            await using var stream = new NetworkStream(client, ownsSocket: true);
            await ServeAsync(stream, address, stopping);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client went away, was silent for too long, or the server stops: nothing is owed to it.
        }
        catch (Exception e)
        {
            answering.Report(e);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task ServeAsync(Stream stream, byte[] client, CancellationToken stopping)
    {
        var buffer = new byte[512];
        var length = new byte[2];
        var response = new DnsResponse();
        while (true)
        {
            using var idle = new CancellationTokenSource(options.TcpIdleTimeout, options.TimeProvider);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, stopping);
            if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, both.Token) < 2)
                return;
            var size = BinaryPrimitives.ReadUInt16BigEndian(length);
            if (size > buffer.Length)
                buffer = new byte[size];
            await stream.ReadExactlyAsync(buffer.AsMemory(0, size), both.Token);
            answering.Statistics.CountTcp();
            if (!await answering.AnswerAsync(buffer.AsMemory(0, size), client, response, ushort.MaxValue, stopping))
                return;

            var answer = response.Finish();
            answering.Statistics.CountAnswer(response.Rcode);
            var framed = new byte[answer.Length + 2];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
            answer.CopyTo(framed.AsMemory(2));
            await stream.WriteAsync(framed, both.Token);
        }
    }
}
