using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>What nginx is to do: the whole result of translating a snapshot, without any I/O.</summary>
/// <param name="Servers">By host, the one for all other hosts first.</param>
/// <param name="Upstreams">By name.</param>
/// <param name="Certificates">Each once, by name.</param>
/// <param name="Problems">What could not be taken over, for events.</param>
/// <param name="Served">The Ingresses that are in force.</param>
/// <param name="CanServe">Whether <c>/health</c> is to say that this cluster can serve.</param>
internal sealed record IngressConfiguration(
    IReadOnlyList<Server> Servers,
    IReadOnlyList<Upstream> Upstreams,
    IReadOnlyList<Certificate> Certificates,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<V1Ingress> Served,
    bool CanServe)
{
    /// <summary>Translates the objects of a cluster. The same objects in any order give an equal result.</summary>
    public static IngressConfiguration From(ClusterSnapshot snapshot)
    {
        var problems = new List<Problem>();
        var served = new List<V1Ingress>();
        foreach (var ingress in IngressSelection.Ours(snapshot))
        {
            var rejections = IngressValidator.Rejections(ingress).Select(r => new Problem(ingress, "Rejected", r)).ToList();
            problems.AddRange(rejections);
            problems.AddRange(Annotations.Unknown(ingress).Select(a => new Problem(ingress, "UnknownAnnotation", a)));
            if (rejections.Count == 0)
                served.Add(ingress);
        }

        var services = new ServiceTable(snapshot);
        var routes = RouteTable.From(served, services, problems);
        var certificates = new CertificateTable(snapshot.Secrets, served, problems);
        var servers = routes.Hosts.Select(host => new Server(host, certificates.For(host), routes.Of(host))).ToList();
        var upstreams = routes.Backends.Where(u => u.Endpoints.Count > 0).ToList();

        return new IngressConfiguration(
            servers,
            upstreams,
            [.. servers.Select(s => s.Certificate).OfType<Certificate>().DistinctBy(c => c.Name).OrderBy(c => c.Name, StringComparer.Ordinal)],
            problems,
            served,
            CanServe: routes.Backends.Count == 0 || upstreams.Count > 0);
    }
}
