namespace Tandem.LoadBalancer.Proxy;

/// <summary>A condition that others can be told of when it comes to hold. Whoever sets it does not run their work.</summary>
internal sealed class Latch
{
    private volatile CancellationTokenSource _source = new();

    /// <summary>Whether it holds.</summary>
    public bool IsSet => _source.IsCancellationRequested;

    /// <summary>Cancelled when it holds.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Not to be called by two threads at once.</summary>
    public void Set(bool holds)
    {
        if (holds && !IsSet)
            _ = _source.CancelAsync();
        else if (!holds && IsSet)
            _source = new();
    }
}
