using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Quotas;

/// <summary>Amounts by the name of what is used, such as requests.cpu.</summary>
internal sealed class Usage : SortedDictionary<string, Amount>
{
    public Usage()
        : base(StringComparer.Ordinal)
    {
    }

    /// <summary>Reads a resource list; what is no quantity is left out.</summary>
    public static Usage Read(JsonObject? list)
    {
        var usage = new Usage();
        foreach (var (name, value) in list ?? [])
            if (Amount.Parse(value) is { } amount)
                usage[name] = amount;
        return usage;
    }

    public void Add(Usage other)
    {
        foreach (var (name, amount) in other)
            this[name] = TryGetValue(name, out var known) ? known + amount : amount;
    }

    /// <summary>The larger of both, name by name.</summary>
    public void Raise(Usage other)
    {
        foreach (var (name, amount) in other)
            if (!TryGetValue(name, out var known) || known.Value < amount.Value)
                this[name] = amount;
    }

    /// <summary>What is more than zero of this after that is taken away.</summary>
    public Usage Above(Usage less) =>
        Where(name => true, (name, amount) => less.TryGetValue(name, out var l) ? amount - l : amount, amount => amount.Value > 0);

    public Usage Only(Func<string, bool> names) => Where(names, (_, amount) => amount, _ => true);

    public JsonObject ToJson() => new(this.Select(u => KeyValuePair.Create(u.Key, (JsonNode?)u.Value.ToString())));

    /// <summary>As messages show it.</summary>
    public override string ToString() => string.Join(',', this.Select(u => $"{u.Key}={u.Value}"));

    private Usage Where(Func<string, bool> names, Func<string, Amount, Amount> change, Func<Amount, bool> keep)
    {
        var result = new Usage();
        foreach (var (name, amount) in this)
            if (names(name) && change(name, amount) is var changed && keep(changed))
                result[name] = changed;
        return result;
    }
}
