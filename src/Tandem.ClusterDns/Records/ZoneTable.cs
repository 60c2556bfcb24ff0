using Tandem.Dns;

namespace Tandem.ClusterDns.Records;

/// <summary>All names the cluster has, as of one moment. Immutable once built.</summary>
internal sealed class ZoneTable
{
    private readonly Dictionary<DnsName, List<DnsData>> _names = [];

    /// <summary>Null where there is no such name; empty where there are only names below it.</summary>
    public IReadOnlyList<DnsData>? Find(DnsName name) => _names.GetValueOrDefault(name);

    /// <summary>Adds a record, and with it all names above it, which then exist too (RFC 8020).</summary>
    public void Add(DnsName name, DnsData data)
    {
        var records = At(name);
        if (!records.Contains(data))
            records.Add(data);
    }

    /// <summary>Adds a name without records of its own.</summary>
    public void AddEmpty(DnsName name) => At(name);

    private List<DnsData> At(DnsName name)
    {
        if (_names.TryGetValue(name, out var records))
            return records;
        if (!name.IsRoot)
            At(name.Parent);
        return _names[name] = [];
    }
}
