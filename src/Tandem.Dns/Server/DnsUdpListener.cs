using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Dns.Server;

/// <summary>
/// One UDP socket. An answer at hand is written and sent from the loop with the loop's own buffers; an answer that has to
/// wait takes the buffers with it and the loop goes on with others.
/// </summary>
internal sealed class DnsUdpListener(Socket socket, DnsAnswering answering, int maxPending, TimeProvider time)
{
    /// <summary>After an error of the socket itself, so that a broken one cannot spin.</summary>
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentBag<Slot> _free = [];
    private int _pending;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var slot = new Slot(socket.AddressFamily);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var length = await socket.ReceiveFromAsync(slot.Buffer, SocketFlags.None, slot.Sender, cancellationToken);
                answering.Statistics.CountUdp();
                if (Volatile.Read(ref _pending) >= maxPending)
                {
                    answering.Statistics.CountOverload();
                    continue;
                }

                var answer = answering.AnswerAsync(slot.Buffer.AsMemory(0, length), slot.Response, null, cancellationToken);
                if (answer.IsCompletedSuccessfully)
                {
                    if (answer.Result)
                        await SendAsync(slot, cancellationToken);
                }
                else
                {
                    slot = HandOver(slot, answer, cancellationToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                answering.Report(e);
                await Task.Delay(ErrorPause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private Slot HandOver(Slot slot, ValueTask<bool> answer, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pending);
        _ = FinishAsync(slot, answer, cancellationToken);
        return _free.TryTake(out var other) ? other : new Slot(socket.AddressFamily);
    }

    private async Task FinishAsync(Slot slot, ValueTask<bool> answer, CancellationToken cancellationToken)
    {
        try
        {
            if (await answer)
                await SendAsync(slot, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
            _free.Add(slot);
        }
    }

    private async ValueTask SendAsync(Slot slot, CancellationToken cancellationToken)
    {
        try
        {
            var answer = slot.Response.Finish();
            answering.Statistics.CountAnswer(slot.Response.Rcode);
            await socket.SendToAsync(answer, SocketFlags.None, slot.Sender, cancellationToken);
        }
        catch (Exception e)
        {
            // A sender's address may be forged and unreachable: that must not hold up the others.
            if (!cancellationToken.IsCancellationRequested)
                answering.Report(e);
        }
    }

    private sealed class Slot(AddressFamily family)
    {
        /// <summary>Larger than any query we would answer; what is longer arrives cut and is malformed.</summary>
        public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(4096);

        public DnsResponse Response { get; } = new();

        public SocketAddress Sender { get; } = new(family);
    }
}
