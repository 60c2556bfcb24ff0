using System.Runtime.CompilerServices;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Tandem.Client;

namespace Tandem.Kubernetes.Tests.Client;

public sealed class InformerTests
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private readonly Queue<(V1Pod[] Items, string Version)> _lists = new();
    private readonly Channel<(WatchEventType, V1Pod)> _watch = Channel.CreateUnbounded<(WatchEventType, V1Pod)>();
    private readonly List<string> _watchedFrom = [];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task RunAsync_ListThenWatch_TellsChangesInOrder()
    {
        _lists.Enqueue(([Pod("a", "1")], "5"));
        using var stop = new CancellationTokenSource();
        var informer = Start(stop.Token, out var run);
        Assert.Equal("+a1", await _told.Reader.ReadAsync());
        await informer.Synced;
        _watch.Writer.TryWrite((WatchEventType.Modified, Pod("a", "6")));
        _watch.Writer.TryWrite((WatchEventType.Bookmark, Pod("", "9")));
        _watch.Writer.TryWrite((WatchEventType.Added, Pod("b", "10")));
        _watch.Writer.TryWrite((WatchEventType.Deleted, Pod("a", "11")));
        Assert.Equal(["~a6", "+b10", "-a11"], [await _told.Reader.ReadAsync(), await _told.Reader.ReadAsync(), await _told.Reader.ReadAsync()]);
        Assert.Equal(["ns/b"], informer.Cache.Keys);
        Assert.Equal(["5"], _watchedFrom);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task RunAsync_RevisionGone_ListsAgainAndTellsTheDifference()
    {
        _lists.Enqueue(([Pod("a", "1"), Pod("b", "2"), Pod("c", "3", "old")], "5"));
        _lists.Enqueue(([Pod("b", "7"), Pod("c", "8", "new"), Pod("d", "9")], "20"));
        using var stop = new CancellationTokenSource();
        Start(stop.Token, out var run);
        for (var i = 0; i < 3; i++)
            await _told.Reader.ReadAsync();
        _watch.Writer.TryWrite((WatchEventType.Error, Pod("", "")));
        var told = new List<string>();
        while (told.Count < 5)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            while (_told.Reader.TryRead(out var one))
                told.Add(one);
        }

        Assert.Equal(["+c8", "+d9", "-a1", "-c3", "~b7"], told.Order(StringComparer.Ordinal));
        Assert.True(told.IndexOf("-c3") < told.IndexOf("+c8"));
        await stop.CancelAsync();
        await run;
    }

    private static V1Pod Pod(string name, string version, string uid = "u") =>
        new() { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "ns", ResourceVersion = version, Uid = uid } };

    private Informer<V1Pod> Start(CancellationToken stop, out Task run)
    {
        var source = new InformerSource<V1Pod>(
            _ =>
            {
                var (items, version) = _lists.Dequeue();
                return Task.FromResult<(IEnumerable<V1Pod>, string)>((items, version));
            },
            Watch);
        var informer = new Informer<V1Pod>(source, Tell, _time, _ => { });
        run = informer.RunAsync(stop);
        return informer;
    }

    private void Tell(InformerEvent<V1Pod> change)
    {
        var sign = change.Old is null ? '+' : change.New is null ? '-' : '~';
        var pod = change.New ?? change.Old!;
        _told.Writer.TryWrite($"{sign}{pod.Metadata.Name}{pod.Metadata.ResourceVersion}");
    }

    private async IAsyncEnumerable<(WatchEventType, V1Pod)> Watch(string version, [EnumeratorCancellation] CancellationToken stop)
    {
        _watchedFrom.Add(version);
        await foreach (var item in _watch.Reader.ReadAllAsync(stop))
        {
            if (item.Item1 == WatchEventType.Error)
                throw new KubernetesException(new V1Status { Code = 410, Reason = "Expired" });
            yield return item;
        }
    }
}
