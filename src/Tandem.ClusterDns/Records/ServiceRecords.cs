using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Tandem.Dns;

namespace Tandem.ClusterDns.Records;

/// <summary>
/// Services and their EndpointSlices to records, by the
/// <see href="https://github.com/kubernetes/dns/blob/master/docs/specification.md">DNS-based service discovery specification</see> 1.1.0.
/// </summary>
internal sealed class ServiceRecords
{
    private const string ServiceName = "kubernetes.io/service-name";
    private const string SpecificationVersion = "1.1.0";

    // All endpoints alike; the number itself means nothing.
    private const ushort Weight = 100;

    private readonly ZoneTable _table = new();
    private readonly string _domain;

    private ServiceRecords(string domain) => _domain = domain;

    /// <param name="services">All Services.</param>
    /// <param name="slices">All EndpointSlices.</param>
    /// <param name="domain">The cluster's domain.</param>
    /// <param name="reverseZones">Zones of addresses, which exist even while they are empty.</param>
    public static ZoneTable Build(
        IEnumerable<V1Service> services, IEnumerable<V1EndpointSlice> slices, string domain, IEnumerable<DnsName> reverseZones)
    {
        var records = new ServiceRecords(domain);
        records._table.Add(DnsName.Parse($"dns-version.{domain}"), new TxtData(SpecificationVersion));
        foreach (var empty in reverseZones.Append(DnsName.Parse($"svc.{domain}")).Append(DnsName.Parse($"pod.{domain}")))
            records._table.AddEmpty(empty);
        var byService = slices
            .Where(s => s.AddressType == "IPv4" && s.Metadata.Labels?.ContainsKey(ServiceName) == true)
            .ToLookup(s => (s.Metadata.NamespaceProperty, s.Metadata.Labels[ServiceName]));
        foreach (var service in services)
            records.Add(service, byService[(service.Metadata.NamespaceProperty, service.Metadata.Name)]);
        return records._table;
    }

    private void Add(V1Service service, IEnumerable<V1EndpointSlice> slices)
    {
        var name = $"{service.Metadata.Name}.{service.Metadata.NamespaceProperty}.svc.{_domain}";
        // API names are DNS labels, but a whole name may still come out too long for the DNS.
        if (!DnsName.TryParse(name, out var owner))
            return;
        if (service.Spec.Type == "ExternalName")
        {
            if (DnsName.TryParse(service.Spec.ExternalName, out var target))
                _table.Add(owner, new NameData(DnsType.CNAME, target));
            return;
        }

        _table.AddEmpty(owner);
        var endpoints = AddEndpoints(name, slices);
        if (service.Spec.ClusterIP == "None")
        {
            foreach (var endpoint in endpoints)
            {
                _table.Add(owner, DnsData.Of(endpoint.Address));
                foreach (var port in endpoint.Ports)
                    AddPort(name, port.Name, port.Protocol, port.Port, endpoint.Name);
            }
        }
        else if (IPAddress.TryParse(service.Spec.ClusterIP, out var address))
        {
            _table.Add(owner, DnsData.Of(address));
            AddReverse(address, owner);
            foreach (var port in service.Spec.Ports ?? [])
                AddPort(name, port.Name, port.Protocol, port.Port, owner);
        }
    }

    // The ready endpoints, each under a name of its own.
    private List<(IPAddress Address, DnsName Name, IList<Discoveryv1EndpointPort> Ports)> AddEndpoints(
        string service, IEnumerable<V1EndpointSlice> slices)
    {
        var endpoints = new List<(IPAddress, DnsName, IList<Discoveryv1EndpointPort>)>();
        foreach (var slice in slices)
        {
            foreach (var endpoint in slice.Endpoints ?? [])
            {
                if (endpoint.Conditions?.Ready == false
                    || !IPAddress.TryParse(endpoint.Addresses?.FirstOrDefault(), out var address) || address.AddressFamily != AddressFamily.InterNetwork)
                    continue;
                var host = string.IsNullOrEmpty(endpoint.Hostname) ? address.ToString().Replace('.', '-') : endpoint.Hostname;
                if (!DnsName.TryParse($"{host}.{service}", out var name))
                    continue;
                _table.Add(name, DnsData.Of(address));
                AddReverse(address, name);
                endpoints.Add((address, name, slice.Ports ?? []));
            }
        }

        return endpoints;
    }

    private void AddPort(string service, string? port, string? protocol, int? number, DnsName target)
    {
        if (!string.IsNullOrEmpty(port) && number is > 0 and < 65536
            && DnsName.TryParse($"_{port}._{(protocol ?? "TCP").ToLowerInvariant()}.{service}", out var owner))
            _table.Add(owner, new SrvData(0, Weight, (ushort)number, target));
    }

    private void AddReverse(IPAddress address, DnsName name) => _table.Add(ReverseNames.Of(address), new NameData(DnsType.PTR, name));
}
