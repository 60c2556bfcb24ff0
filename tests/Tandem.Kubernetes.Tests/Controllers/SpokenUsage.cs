using System.Collections.Concurrent;
using Tandem.Kubernetes.Api.Metrics;

namespace Tandem.Kubernetes.Tests.Controllers;

/// <summary>Usage by a test's word, as there is no node: the container "c" of every pod named here.</summary>
internal sealed class SpokenUsage : INodeUsage
{
    private readonly ConcurrentDictionary<string, Usage> _byPod = new();

    public void Say(string podUid, long milliCores) => _byPod[podUid] = new Usage(milliCores * 1_000_000, 64 << 20);

    public Task<UsageReport> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new UsageReport(
        "node", TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(15), new Usage(0, 0),
        _byPod.ToDictionary(p => p.Key, p => (IReadOnlyDictionary<string, Usage>)new Dictionary<string, Usage> { ["c"] = p.Value })));
}
