using System.Net;

namespace Tandem.Kubernetes.Network.Services;

/// <summary>One port of one Service: at which addresses it is asked, and who answers.</summary>
/// <param name="Name"><c>namespace/service:port</c>, for people.</param>
/// <param name="Protocol">IANA's number.</param>
/// <param name="Frontends">Where it is asked; never empty.</param>
/// <param name="Backends">All endpoints, in numerical order.</param>
/// <param name="Local">Those of them, or else of the ending ones, that are on this node: who answers where a traffic policy is Local.</param>
/// <param name="InternalLocal">Whether the cluster address leads to local endpoints only.</param>
/// <param name="ExternalLocal">Whether all other addresses do, for who comes from outside of the cluster.</param>
/// <param name="Affinity">How long a client address stays with its endpoint (sessionAffinity ClientIP); null for not at all.</param>
/// <param name="Sources">Who may come to the load balancer's address; null for everybody.</param>
internal sealed record ServiceRoute(
    string Name,
    int Protocol,
    IReadOnlyList<Frontend> Frontends,
    IReadOnlyList<IPEndPoint> Backends,
    IReadOnlyList<IPEndPoint> Local,
    bool InternalLocal,
    bool ExternalLocal,
    TimeSpan? Affinity,
    IReadOnlyList<IPNetwork>? Sources);

/// <summary>An address at which a Service is asked.</summary>
internal sealed record Frontend(IPEndPoint At, FrontendKind Kind);

/// <summary>What an address of a Service is.</summary>
internal enum FrontendKind
{
    Cluster,
    External,
    LoadBalancer,
    NodePort,
}
