using System.Net;

namespace Tandem.Kubernetes.Network.Services;

/// <summary>One port of one Service: at which addresses it is asked, and who answers.</summary>
/// <param name="Name"><c>namespace/service:port</c>, for people.</param>
/// <param name="Protocol">IANA's number.</param>
/// <param name="Frontends">Cluster address, external addresses, node port.</param>
/// <param name="Backends">The endpoints, in numerical order; never empty.</param>
/// <param name="Sticky">Whether a client address stays with one endpoint (sessionAffinity ClientIP).</param>
internal sealed record ServiceRoute(
    string Name, int Protocol, IReadOnlyList<IPEndPoint> Frontends, IReadOnlyList<IPEndPoint> Backends, bool Sticky);
