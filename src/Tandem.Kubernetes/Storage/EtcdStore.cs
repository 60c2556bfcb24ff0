using System.Runtime.CompilerServices;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;

namespace Tandem.Kubernetes.Storage;

/// <summary>
/// The few etcd transactions the API needs: create if absent, replace or delete if unchanged, range at a revision,
/// watch. Everything is acknowledged only after etcd has it on disk.
/// </summary>
internal sealed class EtcdStore(ChannelBase channel)
{
    /// <summary>How long one request may take before the API answers 504, so that a dead etcd cannot pile up callers.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly KV.KVClient _kv = new(channel);
    private readonly Watch.WatchClient _watch = new(channel);

    /// <summary>Stores a new key.</summary>
    /// <returns>The revision, or null where the key exists.</returns>
    public Task<long?> CreateAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        CommitAsync(NotExists(key), PutOperation(key, value), cancellationToken);

    /// <summary>Replaces a key that nobody has changed since <paramref name="revision"/>.</summary>
    /// <returns>The new revision, or null where it was changed or deleted in the meantime.</returns>
    public Task<long?> UpdateAsync(string key, long revision, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        CommitAsync(Unchanged(key, revision), PutOperation(key, value), cancellationToken);

    /// <summary>Deletes a key that nobody has changed since <paramref name="revision"/>.</summary>
    /// <returns>The revision of the deletion, or null where it was changed or deleted in the meantime.</returns>
    public Task<long?> DeleteAsync(string key, long revision, CancellationToken cancellationToken) =>
        CommitAsync(
            Unchanged(key, revision),
            new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(key) } },
            cancellationToken);

    /// <summary>The newest value of one key with its revision, or null.</summary>
    public async Task<(byte[] Value, long Revision)?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var answer = await _kv.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8(key) }, Options(cancellationToken));
        return answer.Kvs is [var item, ..] ? (item.Value.ToByteArray(), item.ModRevision) : null;
    }

    /// <summary>The keys from <paramref name="start"/> up to the end of <paramref name="prefix"/>, in order.</summary>
    /// <param name="prefix">The keys' common beginning.</param>
    /// <param name="start">The first key; null for the prefix itself.</param>
    /// <param name="revision">The revision to read at; 0 for the newest.</param>
    /// <param name="limit">At most so many; 0 for all.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="RpcException">OutOfRange where the revision is compacted.</exception>
    public async Task<RangeResponse> RangeAsync(string prefix, string? start, long revision, long limit, CancellationToken cancellationToken) =>
        await _kv.RangeAsync(
            new RangeRequest
            {
                Key = ByteString.CopyFromUtf8(start ?? prefix),
                RangeEnd = ByteString.CopyFrom(PrefixEnd(prefix)),
                Revision = revision,
                Limit = limit,
            },
            Options(cancellationToken));

    /// <summary>Forgets all revisions before <paramref name="revision"/>.</summary>
    public async Task CompactAsync(long revision, CancellationToken cancellationToken) =>
        await _kv.CompactAsync(new CompactionRequest { Revision = revision }, Options(cancellationToken));

    /// <summary>Every change below a prefix from a revision on, in the order of the revisions.</summary>
    /// <exception cref="RevisionCompactedException">The revision is no longer there: read everything anew.</exception>
    /// <exception cref="RpcException">The connection was lost.</exception>
    public async IAsyncEnumerable<IReadOnlyList<Mvccpb.Event>> WatchAsync(
        string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = _watch.Watch(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(
            new WatchRequest
            {
                CreateRequest = new WatchCreateRequest
                {
                    Key = ByteString.CopyFromUtf8(prefix),
                    RangeEnd = ByteString.CopyFrom(PrefixEnd(prefix)),
                    StartRevision = fromRevision,
                    Fragment = true,
                },
            },
            cancellationToken);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (answer.CompactRevision > 0)
                throw new RevisionCompactedException(answer.CompactRevision);
            if (answer.Canceled)
                throw new RpcException(new Status(StatusCode.Aborted, $"etcd cancelled the watch: {answer.CancelReason}"));
            if (answer.Events.Count > 0)
                yield return answer.Events;
        }
    }

    private async Task<long?> CommitAsync(Compare condition, RequestOp operation, CancellationToken cancellationToken)
    {
        // A write that was sent may be applied although the caller has gone: it is never cancelled half-way, only timed out.
        cancellationToken.ThrowIfCancellationRequested();
        var answer = await _kv.TxnAsync(
            new TxnRequest { Compare = { condition }, Success = { operation } }, Options(CancellationToken.None));
        return answer.Succeeded ? answer.Header.Revision : null;
    }

    private static Compare NotExists(string key) => new()
    {
        Key = ByteString.CopyFromUtf8(key),
        Target = Compare.Types.CompareTarget.Create,
        Result = Compare.Types.CompareResult.Equal,
        CreateRevision = 0,
    };

    private static Compare Unchanged(string key, long revision) => new()
    {
        Key = ByteString.CopyFromUtf8(key),
        Target = Compare.Types.CompareTarget.Mod,
        Result = Compare.Types.CompareResult.Equal,
        ModRevision = revision,
    };

    private static RequestOp PutOperation(string key, ReadOnlyMemory<byte> value) => new()
    {
        RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = UnsafeByteOperations.UnsafeWrap(value) },
    };

    private static CallOptions Options(CancellationToken cancellationToken) =>
        new CallOptions(cancellationToken: cancellationToken).WithDeadline(TimeProvider.System.GetUtcNow().UtcDateTime + Deadline);

    /// <summary>The first key after all keys with this prefix (which ends in '/', so its last byte can be raised).</summary>
    private static byte[] PrefixEnd(string prefix)
    {
        var end = System.Text.Encoding.UTF8.GetBytes(prefix);
        end[^1]++;
        return end;
    }
}
