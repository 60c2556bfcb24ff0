using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// What traffic has shown of one origin. A connection that failed puts it in doubt, and has it checked at once; so does a request
/// without a response while a check has none either. It is the check
/// that decides: one that began afterwards and passes ends the doubt. Until then requests that another origin may serve go there.
/// </summary>
/// <param name="check">Has it checked now.</param>
/// <param name="pause">The least time between two such checks.</param>
/// <param name="now">The time that checks are marked with.</param>
/// <param name="time">The clock.</param>
internal sealed class OriginState(Action check, TimeSpan pause, Func<DateTimeOffset> now, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Latch _down = new();
    private DateTimeOffset? _failedAt;
    private DateTimeOffset? _checkedAt;
    private ITimer? _next;
    private bool _pending;
    private bool _suspect;

    /// <summary>What is to be expected of it now.</summary>
    public OriginStanding Standing
    {
        get
        {
            lock (_gate)
                return new OriginStanding(_down.IsSet, _failedAt);
        }
    }

    /// <summary>Cancelled while its checks say that it is down.</summary>
    public CancellationToken Down => _down.Token;

    /// <summary>A request failed.</summary>
    /// <param name="origin">The origin.</param>
    /// <param name="failure">How. One that a connection carried puts nothing in doubt: it may be the request's own fault.</param>
    public void Failed(OriginView origin, OriginFailure failure)
    {
        // Without a monitor nothing would end the doubt.
        if (origin.Health is not null && failure.NeverSent())
        {
            lock (_gate)
                _failedAt ??= now();
        }

        RequestCheck();
    }

    /// <summary>A request waits for its response: if the checks have reason to wonder too, the origin is in doubt.</summary>
    /// <returns>Whether it is in doubt.</returns>
    public bool DoubtSilence()
    {
        lock (_gate)
        {
            if (_suspect)
                _failedAt ??= now();
            return _failedAt is not null || _down.IsSet;
        }
    }

    /// <summary>Has it checked now, or as soon as the last such check is long enough ago.</summary>
    public void RequestCheck()
    {
        lock (_gate)
        {
            if (_pending)
                return;
            _pending = true;
            _next?.Dispose();
            var wait = _checkedAt is { } last ? last + pause - now() : TimeSpan.Zero;
            _next = time.CreateTimer(_ => Check(), null, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The checks have said something.</summary>
    /// <param name="health">What they say now; null where health is ignored.</param>
    /// <param name="passedAt">The start of the last one that passed; null where none has.</param>
    public void Update(OriginVerdict? health, DateTimeOffset? passedAt)
    {
        lock (_gate)
        {
            if (health is null || passedAt >= _failedAt)
                _failedAt = null;
            _suspect = health is { Suspect: true };
            _down.Set(health is { Observed: false, Published: false });
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _next?.Dispose();
    }

    private void Check()
    {
        lock (_gate)
        {
            _pending = false;
            _checkedAt = now();
        }

        check();
    }
}
