using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Storage;

/// <summary>
/// The objects of one resource in memory, and the last changes for watchers to catch up with. GET and LIST are answered
/// from here; only <see cref="WatchCache"/> changes it, in the order of etcd's revisions.
/// </summary>
internal sealed class ResourceCache(Resource storage)
{
    /// <summary>How many changes a watcher may be behind and still resume without listing again.</summary>
    private const int HistoryLength = 2048;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, SortedDictionary<string, StoredObject>> _namespaces = new(StringComparer.Ordinal);
    private readonly Queue<WatchEvent> _history = new();
    private readonly List<Watcher> _watchers = [];
    private long _historyStart;
    private long _revision;

    /// <summary>The kind in the version that is stored.</summary>
    public Resource Storage { get; private set; } = storage;

    /// <summary>The prefix of all keys of this resource.</summary>
    public string Prefix { get; } = $"{WatchCache.Root}{storage.StorageName}/";

    public string KeyOf(string @namespace, string name) => @namespace.Length == 0 ? Prefix + name : $"{Prefix}{@namespace}/{name}";

    public StoredObject? Get(string @namespace, string name)
    {
        lock (_lock)
            return _namespaces.TryGetValue(@namespace, out var names) ? names.GetValueOrDefault(name) : null;
    }

    /// <summary>The objects of a namespace (null: of all) in the order of their keys, at the newest revision.</summary>
    public IReadOnlyList<StoredObject> List(string? @namespace)
    {
        lock (_lock)
            return Snapshot(@namespace);
    }

    /// <summary>Begins to follow changes.</summary>
    /// <param name="namespace">Only this namespace; null for all.</param>
    /// <param name="after">The revision after which to begin; null begins with the present objects as additions.</param>
    /// <param name="initial">The present objects, where <paramref name="after"/> is null.</param>
    /// <exception cref="RevisionCompactedException">The changes since then are no longer known.</exception>
    public Watcher Watch(string? @namespace, long? after, out IReadOnlyList<StoredObject> initial)
    {
        lock (_lock)
        {
            var watcher = new Watcher(@namespace, Detach);
            initial = [];
            if (after is null)
                initial = Snapshot(@namespace);
            else if (after < _historyStart)
                throw new RevisionCompactedException(_historyStart);
            else
                foreach (var change in _history)
                    if (change.Revision > after)
                        watcher.Offer(change);
            _watchers.Add(watcher);
            return watcher;
        }
    }

    /// <summary>Takes the whole content at once: at start, and after the history of etcd was lost.</summary>
    public void Reset(IEnumerable<StoredObject> objects, long revision)
    {
        lock (_lock)
        {
            var present = new HashSet<(string, string)>();
            foreach (var value in objects)
            {
                present.Add((value.Namespace, value.Name));
                if (Find(value.Namespace, value.Name)?.Revision != value.Revision)
                    Apply(value);
            }

            foreach (var gone in Snapshot(null).Where(o => !present.Contains((o.Namespace, o.Name))).ToList())
                Remove(gone, revision);
            if (_revision == 0)
            {
                // Nobody can have seen anything before the first list.
                _history.Clear();
                _historyStart = revision;
            }

            _revision = revision;
        }
    }

    public void Put(JsonObject value, long revision)
    {
        var stored = Decode(value, revision);
        lock (_lock)
            Apply(stored);
    }

    public StoredObject Decode(JsonObject value, long revision) => StoredObject.From(Storage.Decoded(value), revision, Storage.AllSelectableFields);

    /// <summary>The kind has another shape from now on: what is here is read anew, with its new defaults. That is no change of the
    /// objects, so watchers hear nothing.</summary>
    public void Reshape(Resource storage)
    {
        lock (_lock)
        {
            Storage = storage;
            foreach (var names in _namespaces.Values)
                foreach (var (name, old) in names.ToList())
                    names[name] = Decode(old.Parse(), old.Revision);
        }
    }

    public void Delete(string @namespace, string name, long revision)
    {
        lock (_lock)
            if (Find(@namespace, name) is { } old)
                Remove(old, revision);
    }

    private void Apply(StoredObject value)
    {
        if (!_namespaces.TryGetValue(value.Namespace, out var names))
            _namespaces[value.Namespace] = names = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        var old = names.GetValueOrDefault(value.Name);
        names[value.Name] = value;
        Publish(new WatchEvent(old is null ? ChangeKind.Added : ChangeKind.Modified, value, old));
    }

    private void Remove(StoredObject old, long revision)
    {
        var names = _namespaces[old.Namespace];
        names.Remove(old.Name);
        if (names.Count == 0)
            _namespaces.Remove(old.Namespace);
        Publish(new WatchEvent(ChangeKind.Deleted, old.At(revision), old));
    }

    private void Publish(WatchEvent change)
    {
        _history.Enqueue(change);
        while (_history.Count > HistoryLength)
            _historyStart = _history.Dequeue().Revision;
        foreach (var watcher in _watchers)
            watcher.Offer(change);
    }

    private StoredObject? Find(string @namespace, string name) =>
        _namespaces.TryGetValue(@namespace, out var names) ? names.GetValueOrDefault(name) : null;

    private List<StoredObject> Snapshot(string? @namespace) =>
        @namespace is null
            ? [.. _namespaces.Values.SelectMany(n => n.Values)]
            : _namespaces.TryGetValue(@namespace, out var names) ? [.. names.Values] : [];

    private void Detach(Watcher watcher)
    {
        lock (_lock)
            _watchers.Remove(watcher);
    }
}
