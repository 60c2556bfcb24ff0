using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using Tandem.Ingress.Cluster;

namespace Tandem.Ingress.Tests.Cluster;

public sealed class ReflectorTests : IDisposable
{
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(20));
    private readonly FakeTimeProvider _time = new();
    private readonly ObjectStore<V1Service> _store = new();
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();
    private readonly Queue<Func<Action<Exception>, IAsyncEnumerable<(WatchEventType, V1Service)>>> _watches = new();
    private readonly Queue<Func<(IList<V1Service>, string)>> _lists = new();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task RunAsync_ListAndChanges_AreInTheStore()
    {
        _lists.Enqueue(() => ([Service("a", 1), Service("b", 2)], "2"));
        _watches.Enqueue(_ => Events((WatchEventType.Added, Service("c", 3)), (WatchEventType.Deleted, Service("a", 4)), (WatchEventType.Bookmark, Service("", 9))));

        var running = Run();

        Assert.Equal(["list", "watch 2", "watch 9"], await CallsAsync(3));
        Assert.Equal(["b", "c"], _store.Objects.Select(o => o.Metadata.Name).Order());
        await StopAsync(running);
    }

    [Fact]
    public async Task RunAsync_VersionTooOld_ListsAgainAndForgetsWhatIsGone()
    {
        _lists.Enqueue(() => ([Service("a", 1)], "1"));
        _lists.Enqueue(() => ([Service("b", 5)], "5"));
        _watches.Enqueue(error =>
        {
            error(new KubernetesException(new V1Status { Code = 410, Reason = "Expired" }));
            return Events();
        });

        var running = Run();

        Assert.Equal(["list", "watch 1", "list", "watch 5"], await CallsAsync(4));
        Assert.Equal("b", Assert.Single(_store.Objects).Metadata.Name);
        await StopAsync(running);
    }

    [Fact]
    public async Task RunAsync_ApiIsGone_KeepsWhatItKnewAndComesBackWithPauses()
    {
        _lists.Enqueue(() => ([Service("a", 1)], "1"));
        _watches.Enqueue(_ => throw new HttpRequestException("connection refused"));
        _lists.Enqueue(() => throw new HttpRequestException("connection refused"));
        _lists.Enqueue(() => ([Service("a", 1), Service("b", 7)], "7"));

        var running = Run();

        Assert.Equal(["list", "watch 1", "list"], await CallsAsync(3));
        Assert.Equal("a", Assert.Single(_store.Objects).Metadata.Name);
        var back = CallsAsync(2);
        while (!back.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.Equal(["list", "watch 7"], await back);
        Assert.Equal(2, _store.Objects.Count);
        await StopAsync(running);
    }

    private Task Run() => new Reflector<V1Service>(
        new Resource<V1Service>(
            "services",
            _ =>
            {
                _calls.Writer.TryWrite("list");
                return Task.FromResult(_lists.Dequeue()());
            },
            (version, _, error, token) =>
            {
                _calls.Writer.TryWrite($"watch {version}");
                return _watches.TryDequeue(out var watch) ? watch(error) : Silence(token);
            }),
        _store, () => { }, new ControllerLog(TextWriter.Null, _time), _time).RunAsync(_stop.Token);

    private async Task<List<string>> CallsAsync(int count)
    {
        var calls = new List<string>();
        while (calls.Count < count)
            calls.Add(await _calls.Reader.ReadAsync(_stop.Token));
        return calls;
    }

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running;
    }

    private static V1Service Service(string name, int version) =>
        new() { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "shop", ResourceVersion = $"{version}" } };

    private static IAsyncEnumerable<(WatchEventType, V1Service)> Events(params (WatchEventType, V1Service)[] events) => events.ToAsyncEnumerable();

    private static async IAsyncEnumerable<(WatchEventType, V1Service)> Silence(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }
}
