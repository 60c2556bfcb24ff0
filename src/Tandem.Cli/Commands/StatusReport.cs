using Tandem.Cli.Commands.Parity;

namespace Tandem.Cli.Commands;

/// <summary>What <c>tandem status</c> tells.</summary>
/// <param name="Platform">The platform's name.</param>
/// <param name="Hostname">The service.</param>
/// <param name="Serving">hot, standby, or null where nobody does.</param>
/// <param name="LoadBalancer">Where the load balancer is.</param>
/// <param name="Clusters">Both clusters, the hot one first.</param>
/// <param name="Processes">What runs on this machine.</param>
/// <param name="Readiness">Whether the standby is ready to take over, by the agent's word; null where it does not answer.</param>
internal sealed record StatusReport(
    string Platform, string Hostname, string? Serving, LoadBalancerReport LoadBalancer, IReadOnlyList<ClusterReport> Clusters, IReadOnlyList<ProcessReport> Processes,
    ParityReport? Readiness);

/// <param name="Dns">host:port of the DNS of the first of its servers that answers; null where it is Cloudflare's.</param>
/// <param name="Api">That server's API.</param>
/// <param name="NameServers">All its servers; none where it is Cloudflare's.</param>
/// <param name="Proxied">Whether requests go through it.</param>
internal sealed record LoadBalancerReport(string? Dns, Uri Api, IReadOnlyList<NameServerReport> NameServers, bool Proxied);

/// <param name="Name">Its label in the zone.</param>
/// <param name="Dns">host:port of its DNS.</param>
/// <param name="Api">Its API.</param>
/// <param name="Reachable">Whether its API answers.</param>
internal sealed record NameServerReport(string Name, string Dns, Uri Api, bool Reachable);

/// <param name="Name">hot or standby.</param>
/// <param name="Kubeconfig">The file to reach it with.</param>
/// <param name="Context">The context in it.</param>
/// <param name="IngressAddress">Where its ingress is; null where it has none yet.</param>
/// <param name="Healthy">Whether the load balancer may send traffic there.</param>
/// <param name="Since">Since when that is so; null where the load balancer does not tell.</param>
/// <param name="LastProbeAgeSeconds">The age of the last health check; null where the load balancer does not tell.</param>
/// <param name="Reason">Why it is not healthy.</param>
/// <param name="Forced">An operator's word: up, down or auto; null where the load balancer takes none.</param>
internal sealed record ClusterReport(
    string Name, string Kubeconfig, string? Context, string? IngressAddress, bool Healthy, DateTimeOffset? Since, double? LastProbeAgeSeconds, string? Reason,
    string? Forced);

/// <param name="Name">Such as hot-etcd.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Running">Whether it runs at this moment.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Restarts">How often the supervisor started it again.</param>
internal sealed record ProcessReport(string Name, int Pid, bool Running, DateTimeOffset StartedAt, int Restarts);
