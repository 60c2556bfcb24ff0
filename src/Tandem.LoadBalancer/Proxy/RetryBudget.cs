namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// How many requests may be sent a second time: 10 a second and a tenth of the requests, saved up for 10 seconds at most. So a
/// fault that makes every request fail cannot double the load. A token bucket, as Finagle's retry budget is one.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    private const double PerSecond = 10;
    private const double PerRequest = 0.1;
    private const double Most = PerSecond * 10;

    private readonly Lock _gate = new();
    private double _tokens = Most;
    private long _filled = time.GetTimestamp();

    /// <summary>Counts a request.</summary>
    public void Deposit()
    {
        lock (_gate)
            _tokens = Math.Min(Most, _tokens + PerRequest);
    }

    /// <summary>Takes one retry; false where there is none left.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(Most, _tokens + time.GetElapsedTime(_filled, now).TotalSeconds * PerSecond);
            _filled = now;
            if (_tokens < 1)
                return false;
            _tokens--;
            return true;
        }
    }
}
