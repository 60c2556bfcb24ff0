using System.Net;

namespace Tandem.Kubernetes.Network.Policies;

/// <summary>NetworkPolicies, with every selector resolved to the addresses it selects now.</summary>
/// <param name="AnyPolicy">Whether the cluster has a policy at all.</param>
/// <param name="Ingress">What may come to pods.</param>
/// <param name="Egress">What pods may reach.</param>
internal sealed record PolicyModel(bool AnyPolicy, DirectionModel Ingress, DirectionModel Egress);

/// <summary>One direction.</summary>
/// <param name="Policies">Those that select a pod, in the order of their names.</param>
/// <param name="Isolated">The pods that are selected by any, and by which; all other pods are open in this direction.</param>
internal sealed record DirectionModel(
    IReadOnlyList<ResolvedPolicy> Policies, IReadOnlyList<(IPAddress Pod, IReadOnlyList<ResolvedPolicy> Policies)> Isolated);

/// <summary>One policy in one direction: a connection that any of its rules matches is allowed.</summary>
/// <param name="Name"><c>namespace/name</c>.</param>
/// <param name="Rules">Empty: nothing is allowed.</param>
internal sealed record ResolvedPolicy(string Name, IReadOnlyList<ResolvedRule> Rules);

/// <summary>Peers and ports of one rule; both must match.</summary>
/// <param name="Peers">Null for everybody.</param>
/// <param name="Ports">Null for every port of every protocol.</param>
internal sealed record ResolvedRule(PeerSet? Peers, IReadOnlyList<PortSet>? Ports);

/// <summary>The other ends of connections.</summary>
/// <param name="Pods">By selector.</param>
/// <param name="Blocks">By address.</param>
internal sealed record PeerSet(IReadOnlyList<IPAddress> Pods, IReadOnlyList<AddressBlock> Blocks);

/// <summary>A range of addresses, without some parts of it.</summary>
internal sealed record AddressBlock(IPNetwork Range, IReadOnlyList<IPNetwork> Except);

/// <summary>Ports of one protocol on the side that is connected to.</summary>
/// <param name="Protocol">IANA's number.</param>
/// <param name="Ranges">First and last; no two overlap or touch.</param>
/// <param name="Pods">The pods it holds for, where the port was given by a name that means this number in them; null for any address.</param>
internal sealed record PortSet(int Protocol, IReadOnlyList<(int First, int Last)> Ranges, IReadOnlyList<IPAddress>? Pods = null);
