using System.Threading.Channels;
using Tandem.Platform.Parity;

namespace Tandem.Bench.Parity;

/// <summary>Waits for a verdict.</summary>
internal sealed class Notice
{
    private readonly Channel<Verdict> _verdicts = Channel.CreateUnbounded<Verdict>();

    public void Add(Verdict verdict) => _verdicts.Writer.TryWrite(verdict);

    public async Task UntilAsync(Func<Verdict, bool> condition, CancellationToken stop)
    {
        while (!condition(await _verdicts.Reader.ReadAsync(stop)))
        {
        }
    }
}
