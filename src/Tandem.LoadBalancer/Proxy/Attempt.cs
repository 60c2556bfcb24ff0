namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// One try of a request at one origin, and what ends it early:
/// <list type="bullet">
/// <item>The origin goes down by its checks: always, also an upload or a WebSocket, so that the client comes again.</item>
/// <item>It has not responded for a while and is in doubt or suspect: when the request may be tried elsewhere. Slowness alone
/// only has the origin checked.</item>
/// </list>
/// </summary>
internal sealed class Attempt : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cut;
    private readonly CancellationTokenRegistration _down;
    private readonly OriginState _state;
    private readonly Func<bool> _permit;
    private readonly ITimer? _slow;
    private CancellationTokenRegistration _uncertain;
    private bool _over;

    /// <param name="state">The origin.</param>
    /// <param name="slowAfter">How long it may take to respond before it is checked; null where the request cannot be tried elsewhere.</param>
    /// <param name="permit">Takes the permit for a second try; false where there is none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="aborted">Cancelled when the client has gone.</param>
    public Attempt(OriginState state, TimeSpan? slowAfter, Func<bool> permit, TimeProvider time, CancellationToken aborted)
    {
        (_state, _permit) = (state, permit);
        _cut = CancellationTokenSource.CreateLinkedTokenSource(aborted);

        // One that is down already was chosen all the same, as the fallback: then it may serve if it can.
        if (state.Down is { IsCancellationRequested: false } down)
            _down = down.Register(_cut.Cancel);
        if (slowAfter is { } after)
            _slow = time.CreateTimer(_ => Slow(), null, after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the try is to end.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Whether it was ended for the sake of a second one, whose permit is taken already.</summary>
    public bool GivenUp { get; private set; }

    /// <summary>The origin has begun to respond: from here on only its going down ends it.</summary>
    public void Responded()
    {
        lock (_gate)
            _over = true;
    }

    public void Dispose()
    {
        Responded();
        _slow?.Dispose();
        _uncertain.Dispose();
        _down.Dispose();
        _cut.Dispose();
    }

    private void Slow()
    {
        lock (_gate)
        {
            if (_over)
                return;
        }

        _state.RequestCheck();
        var uncertain = _state.Uncertain.Register(GiveUp);
        lock (_gate)
        {
            _uncertain = uncertain;
            if (!_over)
                return;
        }

        uncertain.Dispose();
    }

    private void GiveUp()
    {
        lock (_gate)
        {
            if (_over)
                return;
        }

        // First the doubt, whether there is a permit or not: it keeps further requests from waiting here. Not under the lock, since the
        // state may be calling just now, under its own.
        _state.Silent();
        lock (_gate)
        {
            if (_over || !_permit())
                return;
            _over = true;
            GivenUp = true;
        }

        try
        {
            _cut.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in this moment.
        }
    }
}
