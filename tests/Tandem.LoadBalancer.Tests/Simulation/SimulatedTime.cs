namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>The two clocks of a machine: a monotonic one, and a wall clock that may be set.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The monotonic clock: true time since the beginning of the world.</summary>
    public TimeSpan Now { get; set; }

    /// <summary>How far the wall clock has been set ahead of the truth.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Epoch + Now + Skew;
}
