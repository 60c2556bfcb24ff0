namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// One try of a request at one origin, and what ends it early, for the sake of an origin that is better:
/// <list type="bullet">
/// <item>The origin goes down by its checks: also an upload or a WebSocket, so that the client comes again.</item>
/// <item>It has not responded for a while and is in doubt or suspect: when the request may be tried elsewhere. Slowness alone
/// only has the origin checked.</item>
/// </list>
/// </summary>
internal sealed class Attempt : IDisposable
{
    /// <summary>How often a request that waits for a response looks whether there is a better origin by now.</summary>
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(0.2);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cut;
    private readonly CancellationTokenRegistration _down;
    private readonly OriginState _state;
    private readonly Func<bool> _better;
    private readonly Func<bool> _permit;
    private readonly ITimer? _slow;
    private bool _over;

    /// <param name="state">The origin.</param>
    /// <param name="slowAfter">How long it may take to respond before it is checked; null where the request cannot be tried elsewhere.</param>
    /// <param name="better">Whether another origin that the client may be given is better just now.</param>
    /// <param name="permit">Takes the permit for a second try at a better origin; false where there is none, of either.</param>
    /// <param name="time">The clock.</param>
    /// <param name="aborted">Cancelled when the client has gone.</param>
    public Attempt(OriginState state, TimeSpan? slowAfter, Func<bool> better, Func<bool> permit, TimeProvider time, CancellationToken aborted)
    {
        (_state, _better, _permit) = (state, better, permit);
        _cut = CancellationTokenSource.CreateLinkedTokenSource(aborted);

        // One that is down already was chosen all the same, as the fallback: then it may serve if it can.
        if (state.Down is { IsCancellationRequested: false } down)
            _down = down.Register(WentDown);
        if (slowAfter is { } after)
            _slow = time.CreateTimer(_ => Slow(), null, after, Rhythm);
    }

    /// <summary>Cancelled when the try is to end.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Whether it was ended for the sake of a second one, which needs no permit any more.</summary>
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
        _down.Dispose();
        _cut.Dispose();
    }

    /// <summary>
    /// What it has in hand goes elsewhere without a permit: the origin is gone, so nobody is burdened twice. Where there is nothing
    /// better, an origin that is slow is still the best hope of what waits for it.
    /// </summary>
    private void WentDown()
    {
        if (!_better())
            return;
        GivenUp = true;
        _cut.Cancel();
    }

    private void Slow()
    {
        lock (_gate)
        {
            if (_over)
                return;
        }

        _state.RequestCheck();

        // First the doubt, whether there is a permit or not: it keeps further requests from waiting here.
        if (!_state.DoubtSilence())
            return;
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
