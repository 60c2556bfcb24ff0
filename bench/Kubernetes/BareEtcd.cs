using System.Diagnostics;
using System.Net.Sockets;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Net.Client;

namespace Tandem.Bench.Kubernetes;

/// <summary>A client with nothing around it that makes the same transaction as a creation does: put if absent.</summary>
internal static class BareEtcd
{
    /// <returns>Transactions a second.</returns>
    public static async Task<double> RunAsync(string socket, int bytes, int concurrency, int seconds, CancellationToken stop)
    {
        using var channel = GrpcChannel.ForAddress("http://etcd", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectCallback = async (_, cancellation) =>
                {
                    var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                    return new NetworkStream(connection, ownsSocket: true);
                },
            },
        });
        var client = new KV.KVClient(channel);
        var run = Guid.NewGuid().ToString("N");
        var value = ByteString.CopyFrom(new byte[bytes]);
        var done = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async worker =>
        {
            for (var i = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; i++)
            {
                var key = ByteString.CopyFromUtf8($"/bare/{run}/{worker}-{i}");
                var answer = await client.TxnAsync(
                    new TxnRequest
                    {
                        Compare = { new Compare { Key = key, Target = Compare.Types.CompareTarget.Create, Result = Compare.Types.CompareResult.Equal, CreateRevision = 0 } },
                        Success = { new RequestOp { RequestPut = new PutRequest { Key = key, Value = value } } },
                    },
                    cancellationToken: stop);
                if (!answer.Succeeded)
                    throw new InvalidOperationException("a key was there already");
                Interlocked.Increment(ref done);
            }
        }));
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
