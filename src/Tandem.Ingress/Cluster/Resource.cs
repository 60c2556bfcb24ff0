using k8s;
using k8s.Models;

namespace Tandem.Ingress.Cluster;

/// <summary>How one kind of objects is listed and watched.</summary>
/// <param name="Name">In log messages.</param>
/// <param name="List">Gives all objects and the resource version of the list.</param>
/// <param name="Watch">Gives the changes after a resource version, for at most that many seconds; reports errors that the stream carries.</param>
internal sealed record Resource<T>(
    string Name,
    Func<CancellationToken, Task<(IList<T> Items, string Version)>> List,
    Func<string, int, Action<Exception>, CancellationToken, IAsyncEnumerable<(WatchEventType Type, T Object)>> Watch)
    where T : IMetadata<V1ObjectMeta>;
