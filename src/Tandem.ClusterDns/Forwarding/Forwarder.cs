using System.Net.Sockets;
using System.Security.Cryptography;
using Tandem.Dns;

namespace Tandem.ClusterDns.Forwarding;

/// <summary>Asks the upstream servers, one after the other, and remembers what they said for a while.</summary>
internal sealed class Forwarder(IReadOnlyList<Upstream> upstreams, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly AnswerCache _cache = new(time);

    /// <summary>The answer of the first server that gives one; null where none does.</summary>
    public async ValueTask<byte[]?> ResolveAsync(DnsName name, DnsType type, bool edns, bool dnssecOk, CancellationToken cancellationToken)
    {
        var key = new AnswerCache.Key(name, type, edns, dnssecOk);
        if (_cache.Find(key) is { } kept)
            return kept;
        foreach (var upstream in upstreams)
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var query = UpstreamQuery.Build((ushort)RandomNumberGenerator.GetInt32(65536), name, type, edns, dnssecOk);
            try
            {
                var answer = await upstream.AskAsync(query, name, type, both.Token);
                _cache.Keep(key, answer);
                return answer;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Silent: the next one.
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidDataException)
            {
                // Out of reach: the next one.
            }
        }

        return null;
    }
}
