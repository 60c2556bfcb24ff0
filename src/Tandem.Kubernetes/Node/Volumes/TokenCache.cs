using System.Collections.Concurrent;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>Service account tokens of the pods, asked for anew at 80 % of their life or after a day.</summary>
internal sealed class TokenCache(INodeApi api, TimeProvider time)
{
    private static readonly TimeSpan Oldest = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<(string Uid, string Audience, long Seconds), Entry> _entries = new();

    public async Task<string> GetAsync(V1Pod pod, string? audience, long expirationSeconds, CancellationToken cancellationToken)
    {
        var key = (pod.Metadata.Uid, audience ?? "", expirationSeconds);
        var now = time.GetUtcNow();
        if (_entries.TryGetValue(key, out var entry) && now < entry.RefreshAt)
            return entry.Token;

        var answer = await api.TokenAsync(pod, audience, expirationSeconds, cancellationToken);
        var life = answer.ExpirationTimestamp is { } expiry
            ? new DateTimeOffset(expiry.ToUniversalTime()) - now : TimeSpan.FromSeconds(expirationSeconds);
        var refresh = life * 0.8 < Oldest ? life * 0.8 : Oldest;
        _entries[key] = new Entry(answer.Token, now + refresh);
        return answer.Token;
    }

    public void Forget(string uid)
    {
        foreach (var key in _entries.Keys.Where(k => k.Uid == uid))
            _entries.TryRemove(key, out _);
    }

    private sealed record Entry(string Token, DateTimeOffset RefreshAt);
}
