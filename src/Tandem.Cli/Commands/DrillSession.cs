using System.Net;
using System.Security.Cryptography.X509Certificates;
using Tandem.Cli.Commands.Releases;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Host.Faults;
using Tandem.Platform.Clusters;
using Tandem.Platform.Drills;
using Tandem.Platform.Failover;
using Tandem.Platform.History;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary>Drills of one platform, one after the other: what they need of it, put together anew for each.</summary>
/// <param name="spec">The platform.</param>
/// <param name="folder">Its state.</param>
/// <param name="requestsPerSecond">How many requests clients send.</param>
/// <param name="dns">The DNS server that clients ask; null for the embedded load balancer's, or this machine's resolvers.</param>
/// <param name="progress">Told what is done.</param>
internal sealed class DrillSession(PlatformSpec spec, StateFolder folder, int requestsPerSecond, IPEndPoint? dns, Progress progress) : IDisposable
{
    private static readonly TimeSpan EmbeddedHealth = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloudflareHealth = TimeSpan.FromSeconds(2);

    private readonly LoadBalancerAccess _access = LoadBalancerAccess.Open(spec, folder);
    private readonly MachineFaults? _machine = File.Exists(folder.Plan) ? new MachineFaults(HostPlan.Read(folder.Plan), folder) : null;

    /// <summary>Why a platform does not offer a drill; null where it does.</summary>
    /// <param name="drill">The drill.</param>
    /// <param name="spec">The platform.</param>
    /// <param name="yes">The clusters of others that may be touched.</param>
    public static string? Obstacle(Drill drill, PlatformSpec spec, IReadOnlyCollection<string> yes)
    {
        if (!drill.ActsThroughApi && (spec.Clusters.Any(c => !c.IsEmbedded) || spec.LoadBalancer.Cloudflare is not null))
            return $"{drill.Name} acts on this machine: it needs embedded clusters and the embedded load balancer";
        var foreign = spec.Clusters.FirstOrDefault(c => !c.IsEmbedded && drill.Faults.Any(f => f.Cluster == c.Name) && !yes.Contains(c.Name));
        return foreign is null ? null : $"{drill.Name} breaks something in the cluster '{foreign.Name}', which is not embedded; if that is meant, add: --yes-on {foreign.Name}";
    }

    /// <summary>Runs one.</summary>
    /// <exception cref="RefusedException">The platform is not in its steady state.</exception>
    public async Task<DrillReport> RunAsync(Drill drill, CancellationToken cancellationToken)
    {
        if (_machine is not null && await _machine.HealAbandonedAsync(cancellationToken) is { Count: > 0 })
            progress.Say("healed what an earlier drill had left");
        var before = await StatusCommand.ReadAsync(spec, folder, TimeProvider.System, cancellationToken);
        if (before.Serving != "hot" || before.Clusters.Any(c => !c.Healthy))
            throw new RefusedException("the drill begins with both clusters healthy and the hot one serving; see tandem status, and tandem failback where traffic was left on the standby");

        using var trusted = File.Exists(folder.Certificate) ? X509CertificateLoader.LoadCertificateFromFile(folder.Certificate) : null;
        using var client = new DrillClient(
            spec.Hostname, await PathsAsync(cancellationToken), dns ?? (before.LoadBalancer.Dns is { } own ? IPEndPoint.Parse(own) : null), trusted, spec.LoadBalancer.Proxied, TimeProvider.System);
        var plan = new DrillPlan(
            drill, Prediction.Of(drill, spec.LoadBalancer), Target(before.Clusters[0]), Target(before.Clusters[1]), requestsPerSecond, spec.LoadBalancer.Failback.Automatic);
        var watch = new ServiceWatch(
            async stop => plan.ClusterOf(spec.LoadBalancer.Proxied ? await ServingPoolAsync(stop) : (await client.AnswerAsync(stop))?.ToString()),
            stop => ServiceHealth.ReadAsync(_access.Client, _access.AccountId, _access.ZoneId, spec, stop),
            _access.IsEmbedded ? EmbeddedHealth : CloudflareHealth,
            TimeProvider.System);
        using var releases = await ReleaseSession.OpenAsync(spec, folder, progress, cancellationToken);
        var bad = new BadRelease(releases.Manager, await releases.OptionsAsync([], cancellationToken));
        var runner = new DrillRunner(
            plan,
            client,
            watch,
            new DrillFaults(new PodFaults(Open, spec.Hostname), bad.InjectAsync, _machine is null ? null : new EmbeddedFaults(_machine)),
            _access.IsEmbedded ? new EmbeddedProbeLog(_access, spec) : null,
            TimeProvider.System);
        DrillReport? report = null;
        await new Audit(new HistoryStore(releases.Clusters, spec.Name), progress).RunAsync("drill", drill.Name, null, [], async () =>
        {
            report = await runner.RunAsync(progress.Say, cancellationToken);
            return $"{drill.Name} {(report.Passed ? "passed" : "FAILED")}: {report.Why}";
        });
        return report!;
    }

    public void Dispose() => _access.Dispose();

    private Cluster Open(string name) => spec.Clusters.First(c => c.Name == name) is var cluster && cluster.Kubeconfig is { } kubeconfig
        ? Cluster.Open(name, kubeconfig, cluster.Context)
        : Cluster.Open(name, folder.Kubeconfig(name), null);

    private async Task<IReadOnlyList<string>> PathsAsync(CancellationToken cancellationToken)
    {
        using var hot = Open("hot");
        return IngressRoutes.Paths(await hot.ListAsync("networking.k8s.io/v1", "Ingress", cancellationToken), spec.Hostname);
    }

    private string Target(ClusterReport cluster) => spec.LoadBalancer.Proxied ? LoadBalancerSetup.PoolName(spec, cluster.Name) : cluster.IngressAddress!;

    private async Task<string?> ServingPoolAsync(CancellationToken stop) => _access.IsEmbedded
        ? (string?)(await _access.TandemAsync("status", stop))["loadBalancers"]!.AsArray().First(b => (string?)b!["name"] == spec.Hostname)!["servingPool"]
        : (await ServiceHealth.ReadAsync(_access.Client, _access.AccountId, _access.ZoneId, spec, stop)).Serving is { } serving ? LoadBalancerSetup.PoolName(spec, serving) : null;
}
