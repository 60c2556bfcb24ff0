using System.Collections.Concurrent;
using System.CommandLine;
using System.Text.Json.Nodes;
using Tandem.Cli.Commands.Releases;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Clusters;
using Tandem.Platform.Failover;
using Tandem.Platform.Releases;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem up</c>: from a platform file to a running platform. Run again it changes nothing.</summary>
internal static class UpCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var command = new Command("up", "Start both clusters and the load balancer, deploy the applications and wait until all of it works.") { file, state };
        command.SetRunner((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(state), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string stateRoot, CancellationToken cancellationToken)
    {
        var spec = CommonOptions.Load(file);
        var objects = await ManifestFiles.LoadAsync(spec.Apps, cancellationToken);
        var progress = new Progress();
        var state = new StateFolder(spec.Name, stateRoot);
        if (LocalMachine.IsNeeded(spec))
            Root.Require("up");
        using var only = PlatformLock.Take(state);
        var images = LocalMachine.IsNeeded(spec) ? await LocalMachine.StartAsync(spec, file, state, stateRoot, progress, cancellationToken) : BuiltImages.None;

        var waiting = new ConcurrentDictionary<string, string>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var access = LoadBalancerAccess.Open(spec, state);
            await DeployAsync(spec, objects, images, access, state, progress, waiting, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotReadyException(
                $"not ready within {Patience.TotalMinutes:0} minutes; still waiting for: {string.Join("; ", waiting.Select(w => $"{w.Key}: {w.Value}"))}. See tandem status, kubectl describe, and the logs in {state.Logs}");
        }

        progress.Done("both clusters serve");
        NextSteps.Print(await StatusCommand.ReadAsync(spec, state, TimeProvider.System, cancellationToken), state);
        return ExitCodes.Done;
    }

    private static async Task DeployAsync(
        PlatformSpec spec,
        IReadOnlyList<JsonObject> objects,
        BuiltImages images,
        LoadBalancerAccess access,
        StateFolder state,
        Progress progress,
        ConcurrentDictionary<string, string> waiting,
        CancellationToken cancellationToken)
    {
        foreach (var cluster in spec.Clusters)
            waiting[cluster.Name] = "its API";
        var clusters = await Task.WhenAll(spec.Clusters.Select(c => OpenAsync(c, state, cancellationToken)));
        progress.Say("deploying");
        var systems = clusters.Where(c => spec.Clusters.Single(own => own.Name == c.Name).IsEmbedded)
            .Select(c => new SystemDeployment(c, SystemManifests.Load(images), TimeProvider.System)).ToList();
        await Task.WhenAll(systems.Select(s => s.ApplyAsync(cancellationToken)));
        using (var session = await ReleaseSession.OpenAsync(spec, state, progress, cancellationToken))
        {
            foreach (var cluster in clusters)
                waiting[cluster.Name] = "its applications";
            await session.Manager.DeployAsync(session.Content(objects), (await session.OptionsAsync(objects, cancellationToken)) with { Timeout = Patience }, cancellationToken);
        }

        await Task.WhenAll(systems.Select(s => s.WaitAsync(missing => progress.Say($"waiting for {missing}"), cancellationToken)));
        await TrustAsync(spec, clusters[0], objects, state, cancellationToken);

        progress.Say("setting up the load balancer");
        waiting.Clear();
        waiting["load balancer"] = "both clusters to pass its health check";
        await SteerAsync(spec, clusters, access, cancellationToken);
    }

    /// <summary>Keeps the certificate that clients of the service have to trust.</summary>
    private static async Task TrustAsync(PlatformSpec spec, Cluster cluster, IEnumerable<JsonObject> objects, StateFolder state, CancellationToken cancellationToken)
    {
        foreach (var ingress in objects.Where(o => (string?)o["kind"] == "Ingress"))
            foreach (var tls in (ingress["spec"]?["tls"] as JsonArray ?? []).OfType<JsonObject>())
                if ((tls["hosts"] as JsonArray ?? []).Any(h => (string?)h == spec.Hostname)
                    && await cluster.GetAsync(new ObjectReference("v1", "Secret", (string?)ingress["metadata"]?["namespace"], (string)tls["secretName"]!), cancellationToken) is { } secret)
                    await ServiceCertificate.KeepAsync(secret, state, withKey: spec.LoadBalancer is { Proxied: true, Cloudflare: null }, cancellationToken);
    }

    /// <summary>Tells the load balancer where the clusters are, and waits until it finds both healthy.</summary>
    private static async Task SteerAsync(PlatformSpec spec, IReadOnlyList<Cluster> clusters, LoadBalancerAccess access, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var cluster in clusters)
        {
            string? address;
            while ((address = await IngressAddress.FindAsync(cluster, spec.Hostname, cancellationToken)) is null)
                await Task.Delay(Poll, TimeProvider.System, cancellationToken);
            addresses[cluster.Name] = address;
        }

        // One that ran without a proxy is being replaced, and would refuse what is asked now.
        while (spec.LoadBalancer is { Proxied: true, Cloudflare: null } && !await access.HasProxyAsync(cancellationToken))
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        await new LoadBalancerSetup(access.Client, access.AccountId, access.ZoneId, spec).EnsureAsync(addresses, cancellationToken);
        while ((await ServiceHealth.ReadAsync(access.Client, access.AccountId, access.ZoneId, spec, cancellationToken)).Clusters.Any(c => !c.Healthy))
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
    }

    private static async Task<Cluster> OpenAsync(ClusterSpec spec, StateFolder state, CancellationToken cancellationToken)
    {
        var kubeconfig = spec.Kubeconfig ?? state.Kubeconfig(spec.Name);
        while (!File.Exists(kubeconfig))
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        var cluster = Cluster.Open(spec.Name, kubeconfig, spec.Context);
        while (!await cluster.IsReadyAsync(cancellationToken))
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        return cluster;
    }
}
