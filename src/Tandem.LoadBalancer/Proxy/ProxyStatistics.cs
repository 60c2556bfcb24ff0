namespace Tandem.LoadBalancer.Proxy;

/// <summary>What the proxy has done since it started.</summary>
internal sealed class ProxyStatistics
{
    /// <summary>Requests of clients.</summary>
    public Counter Requests { get; } = new();

    /// <summary>Requests that were sent to a second origin.</summary>
    public Counter Retries { get; } = new();

    /// <summary>Requests that an origin failed, also the second where there was one.</summary>
    public Counter Failures { get; } = new();

    /// <summary>A number that only grows.</summary>
    internal sealed class Counter
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Increment() => Interlocked.Increment(ref _value);
    }
}
