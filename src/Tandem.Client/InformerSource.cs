using k8s;
using k8s.Models;

namespace Tandem.Client;

/// <summary>Where an informer takes its objects from.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="List">Lists all objects, and says at which revision.</param>
/// <param name="Watch">
/// Watches from a revision on, with bookmarks if the server has them, until the server ends it. The errors a server sends within
/// the stream are thrown.
/// </param>
public sealed record InformerSource<T>(
    Func<CancellationToken, Task<(IEnumerable<T> Items, string ResourceVersion)>> List,
    Func<string, CancellationToken, IAsyncEnumerable<(WatchEventType Type, T Object)>> Watch)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Seconds after which a watch is ended by the server and begun anew.</summary>
    public const int WatchSeconds = 300;
}
