namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// How many requests may be sent a second time: of any 10 seconds, 10 a second and a fifth of the requests, as Finagle's retry
/// budget counts them. So a fault that makes every request fail cannot double the load. What an origin that is lost has in hand
/// fits in: it would have to be more than two seconds of all requests.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    private const int Window = 10;
    private const int PerSecond = 10;
    private const int RequestsPerRetry = 5;

    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private readonly int[] _requests = new int[Window];
    private readonly int[] _retries = new int[Window];
    private long _second;

    /// <summary>Counts a request.</summary>
    public void Count()
    {
        lock (_gate)
            _requests[Slot()]++;
    }

    /// <summary>Takes one retry; false where there is none left.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var slot = Slot();
            if (_retries.Sum() >= Window * PerSecond + _requests.Sum() / RequestsPerRetry)
                return false;
            _retries[slot]++;
            return true;
        }
    }

    /// <summary>The place of the present second; those of seconds that have left the window are emptied.</summary>
    private int Slot()
    {
        var second = (long)time.GetElapsedTime(_started).TotalSeconds;
        for (var left = Math.Max(_second + 1, second - Window + 1); left <= second; left++)
            (_requests[left % Window], _retries[left % Window]) = (0, 0);
        _second = second;
        return (int)(second % Window);
    }
}
