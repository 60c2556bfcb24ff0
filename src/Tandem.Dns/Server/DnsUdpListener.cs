using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Tandem.Dns.Server;

/// <summary>
/// One UDP socket and the thread that serves it. Answers at hand leave together, as the queries came; an answer that has to
/// wait takes its slot with it and the thread goes on with another.
/// </summary>
internal sealed class DnsUdpListener(Socket socket, DnsAnswering answering, DnsServerOptions options)
{
    /// <summary>After an error of the socket itself, so that a broken one cannot spin.</summary>
    private static readonly TimeSpan ErrorPause = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a silent socket's thread looks whether it is to stop, in milliseconds; closing the socket wakes it too.</summary>
    private const int ReceiveTimeout = 1000;

    private readonly ConcurrentBag<UdpSlot> _free = [];
    private readonly ResponseRateLimit _limit = new(options.ResponsesPerSecond, options.TimeProvider);
    private int _pending;

    /// <summary>Serves until cancelled, on a thread of its own.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        socket.ReceiveTimeout = ReceiveTimeout;
        return Task.Factory.StartNew(() => Run(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Run(CancellationToken cancellationToken)
    {
        using var batch = new UdpBatch();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var count = batch.Receive(socket.SafeHandle);
                answering.Statistics.CountUdp(count);
                _limit.Tick();
                for (var i = 0; i < count; i++)
                    Answer(batch, i, cancellationToken);
                batch.Flush(socket.SafeHandle, answering.Report);
            }
            catch (Exception e)
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                answering.Report(e);
                Task.Delay(ErrorPause, options.TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            }
        }
    }

    private void Answer(UdpBatch batch, int index, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _pending) >= options.MaxPendingUdpQueries)
        {
            answering.Statistics.CountOverload();
            return;
        }

        var slot = batch[index];
        var answer = answering.AnswerAsync(batch.Message(index), slot.Client, slot.Response, null, cancellationToken);
        if (!answer.IsCompletedSuccessfully)
        {
            Interlocked.Increment(ref _pending);
            _ = FinishAsync(slot, answer, cancellationToken);
            batch.Replace(index, _free.TryTake(out var other) ? other : new UdpSlot());
        }
        else if (answer.Result && IsAdmitted(slot))
        {
            answering.Statistics.CountAnswer(slot.Response.Rcode);
            batch.Queue(index);
        }
    }

    /// <summary>Whether an answer is sent; one that is over the rate may have become a short one.</summary>
    private bool IsAdmitted(UdpSlot slot)
    {
        var decision = slot.Response.CookieProven ? RateDecision.Send : _limit.Decide(slot.Client, slot.Response.Rcode, slot.Response.Name);
        switch (decision)
        {
            case RateDecision.Slip:
                answering.Statistics.CountSlipped();
                slot.Response.Truncate();
                return true;
            case RateDecision.Drop:
                answering.Statistics.CountRateLimited();
                return false;
            default:
                return true;
        }
    }

    private async Task FinishAsync(UdpSlot slot, ValueTask<bool> answer, CancellationToken cancellationToken)
    {
        try
        {
            if (!await answer)
                return;
            answering.Statistics.CountAnswer(slot.Response.Rcode);
            socket.SendTo(slot.Response.Finish().Span, SocketFlags.None, slot.Sender(socket.AddressFamily));
        }
        catch (Exception e)
        {
            // A sender's address may be forged and unreachable: that must not hold up the others.
            if (!cancellationToken.IsCancellationRequested)
                answering.Report(e);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
            _free.Add(slot);
        }
    }
}
