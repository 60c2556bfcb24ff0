using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tandem.Cli.Agent;
using Tandem.Cli.Commands.Parity;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Host.Supervision;
using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem status</c>: who serves, and how everybody is.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var output = CommonOptions.Output();
        var command = new Command("status", "Show which cluster serves, and the health of both.") { file, state, output };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            var report = await ReadAsync(spec, new StateFolder(spec.Name, parsed.GetRequiredValue(state)), TimeProvider.System, cancellationToken);
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(report);
            else
                Print(report);
            return ExitCodes.Done;
        });
        return command;
    }

    public static async Task<StatusReport> ReadAsync(PlatformSpec spec, StateFolder state, TimeProvider time, CancellationToken cancellationToken)
    {
        using var access = LoadBalancerAccess.Open(spec, state);
        var health = await ServiceHealth.ReadAsync(access.Client, access.AccountId, access.ZoneId, spec, cancellationToken);
        var probes = access.IsEmbedded ? await access.TandemAsync("status", cancellationToken) : null;
        var servers = await Task.WhenAll(access.Servers.Select(async s =>
            new NameServerReport(s.Label, s.Dns.ToString(), new Uri($"http://{s.Api}/client/v4/"), await access.IsReachableAsync(s, cancellationToken))));
        return new StatusReport(
            spec.Name,
            spec.Hostname,
            health.Serving,
            new LoadBalancerReport(access.Server?.Dns.ToString(), access.Api, servers, health.Proxied),
            [.. spec.Clusters.Zip(health.Clusters, (c, h) => Cluster(spec, c, h, state, probes, time))],
            [.. ProcessRecord.ReadAll(state.Processes).Select(p => new ProcessReport(p.Name, p.Process.Pid, p.Process.IsRunning, p.StartedAt, p.Restarts))],
            await AgentClient.ReadAsync(spec, cancellationToken));
    }

    private static ClusterReport Cluster(PlatformSpec spec, ClusterSpec cluster, ClusterHealth health, StateFolder state, JsonNode? probes, TimeProvider time)
    {
        var pool = (probes?["pools"] as JsonArray ?? []).FirstOrDefault(p => (string?)p?["name"] == LoadBalancerSetup.PoolName(spec, cluster.Name));
        var last = (string?)pool?["origins"]?.AsArray().FirstOrDefault()?["lastProbeAt"];
        return new ClusterReport(
            cluster.Name,
            cluster.Kubeconfig ?? state.Kubeconfig(cluster.Name),
            cluster.IsEmbedded ? cluster.Name : cluster.Context,
            health.Address,
            health.Healthy,
            Time((string?)pool?["since"]),
            Time(last) is { } at ? Math.Round((time.GetUtcNow() - at).TotalSeconds, 1) : null,
            health.Reason,
            (string?)pool?["forced"]);
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static void Print(StatusReport report)
    {
        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = 160;
        console.MarkupLineInterpolated($"[bold]{report.Hostname}[/] is served by [bold]{report.Serving ?? "nobody"}[/]");
        console.MarkupLine(report.Readiness is { } readiness ? ParityReport.Headline(readiness) : "ready to take over: [yellow]unknown[/], because the agent does not answer; tandem parity looks itself");
        var clusters = new Table().Border(TableBorder.None).AddColumns("CLUSTER", "HEALTH", "SINCE", "LAST PROBE", "ADDRESS", "KUBECONFIG");
        foreach (var c in report.Clusters)
            clusters.AddRow(
                c.Name == report.Serving ? $"[bold]{c.Name}[/] (serving)" : c.Name,
                (c.Healthy ? "[green]healthy[/]" : $"[red]down[/] {Markup.Escape(c.Reason ?? "")}") + (c.Forced is "up" or "down" ? $" [yellow]forced {c.Forced}[/]" : ""),
                c.Since?.ToString("u", CultureInfo.InvariantCulture) ?? "-",
                c.LastProbeAgeSeconds is { } age ? string.Create(CultureInfo.InvariantCulture, $"{age:0.0} s ago") : "-",
                c.IngressAddress ?? "-",
                Markup.Escape(c.Kubeconfig));
        console.Write(clusters);
        var broken = report.Processes.Where(p => !p.Running || p.Restarts > 0).ToList();
        foreach (var p in broken)
            console.MarkupLineInterpolated($"{p.Name}: {(p.Running ? "running" : "[not running]")}, restarted {p.Restarts} times, last at {p.StartedAt:u}");
        console.MarkupLineInterpolated($"DNS {report.LoadBalancer.Dns ?? "Cloudflare"}, API {report.LoadBalancer.Api}{(report.LoadBalancer.Proxied ? ", requests go through the load balancer" : "")}");
        if (report.LoadBalancer.NameServers.Count > 1)
            foreach (var s in report.LoadBalancer.NameServers)
                console.MarkupLineInterpolated($"{s.Name}: DNS {s.Dns}, API {s.Api}{(s.Reachable ? "" : " does not answer")}");
    }
}
