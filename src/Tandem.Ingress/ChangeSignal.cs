using System.Threading.Channels;

namespace Tandem.Ingress;

/// <summary>Gathers changes: a burst of them, such as a rollout's, becomes one.</summary>
internal sealed class ChangeSignal(TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _channel.Writer.TryWrite(true);

    /// <summary>Waits for a change and then until 100 ms have passed without another, at most 1 s.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _channel.Reader.ReadAsync(cancellationToken);
        var first = time.GetTimestamp();
        do
            await Task.Delay(Quiet, time, cancellationToken);
        while (_channel.Reader.TryRead(out _) && time.GetElapsedTime(first) < Longest);
    }
}
