namespace Tandem.Kubernetes.Network.Rules;

/// <summary>A table as it should be. What it holds keeps the order in which it was added.</summary>
/// <param name="family">ip or ip6.</param>
internal sealed class NftTable(string family)
{
    private readonly OrderedDictionary<string, NftObject> _objects = [];

    /// <summary>Family and name.</summary>
    public string Name => $"{family} tandem";

    public IReadOnlyList<NftObject> Objects => _objects.Values;

    public bool Contains(string name) => _objects.ContainsKey(name);

    public NftObject? Find(string name) => _objects.GetValueOrDefault(name);

    public void Set(string name, string type, IEnumerable<string> keys) =>
        Add(new NftSet(name, "set", type, new OrderedDictionary<string, string?>(keys.Select(k => KeyValuePair.Create(k, (string?)null)))));

    /// <summary>A set whose elements the rules themselves add, and the kernel forgets some time after their last use.</summary>
    public void DynamicSet(string name, string type, TimeSpan timeout) => Add(new NftSet(name, "set", type, new Dictionary<string, string?>(), timeout));

    public void Map(string name, string type, IEnumerable<(string Key, string Value)> elements) =>
        Add(new NftSet(name, "map", type, new OrderedDictionary<string, string?>(elements.Select(e => KeyValuePair.Create(e.Key, (string?)e.Value)))));

    public void Chain(string name, params IEnumerable<string> rules) => Add(new NftChain(name, null, [.. rules]));

    /// <param name="name">Its name.</param>
    /// <param name="hook">Type, hook, priority and policy.</param>
    /// <param name="rules">In order.</param>
    public void BaseChain(string name, string hook, params IEnumerable<string> rules) => Add(new NftChain(name, hook, [.. rules]));

    private void Add(NftObject added) => _objects.Add(added.Name, added);
}
