using System.Net;

namespace Tandem.Kubernetes.Network.Conntrack;

/// <summary>A UDP "connection" as the kernel remembers it.</summary>
/// <param name="Client">Who began it.</param>
/// <param name="Asked">Where, before any rewriting.</param>
/// <param name="Answers">Who its answers come from.</param>
/// <param name="Zone">The conntrack zone it is in; 0 where nobody chose one.</param>
internal sealed record UdpFlow(IPEndPoint Client, IPEndPoint Asked, IPEndPoint Answers, ushort Zone);
