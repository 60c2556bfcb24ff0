namespace Tandem.Kubernetes.Tests.Clocks;

/// <summary>The machine's clock, which can be set as a person or NTP sets one: timers and elapsed times go on.</summary>
internal sealed class SettableClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offset));

    public void Set(DateTimeOffset now) => Volatile.Write(ref _offset, (now - base.GetUtcNow()).Ticks);
}
