namespace Tandem.Ingress;

/// <summary>Growing pauses between attempts: the first retry is immediate, and success starts over.</summary>
/// <param name="longest">No pause is longer.</param>
internal sealed class Backoff(TimeSpan longest)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private int _failures;

    public void Succeeded() => _failures = 0;

    /// <summary>How long to wait after one more failure.</summary>
    public TimeSpan Next()
    {
        var failures = _failures++;
        if (failures == 0)
            return TimeSpan.Zero;
        var pause = First * Math.Pow(2, Math.Min(failures - 1, 20));
        return pause < longest ? pause : longest;
    }
}
