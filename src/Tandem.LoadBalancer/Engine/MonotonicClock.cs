namespace Tandem.LoadBalancer.Engine;

/// <summary>
/// Time that begins with the wall clock and then only follows the monotonic one: a step of the wall clock neither stops
/// checks nor starts a storm of them.
/// </summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    private readonly DateTimeOffset _origin = time.GetUtcNow();
    private readonly long _started = time.GetTimestamp();

    public TimeProvider Provider => time;

    public DateTimeOffset Now => _origin + time.GetElapsedTime(_started);
}
