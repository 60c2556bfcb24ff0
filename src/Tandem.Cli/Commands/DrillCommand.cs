using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Spectre.Console;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Drills;
using Tandem.Platform.Failover;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem drill</c>: break something on purpose, and measure what users would have seen.</summary>
internal static class DrillCommand
{
    /// <summary>More would measure this machine and not the platform.</summary>
    private const int MostRequests = 1000;

    public static Command Create() => new("drill", "Break something on purpose and measure what users would see.") { ClusterLoss() };

    private static Command ClusterLoss()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var output = CommonOptions.Output();
        var rate = new Option<int>("--rate") { Description = $"Requests a second, 1 to {MostRequests}.", DefaultValueFactory = _ => 10, HelpName = "N" };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostRequests)
                result.AddError($"--rate must be 1 to {MostRequests} requests a second");
        });
        var command = new Command("cluster-loss", "Take the hot cluster's link down, wait for the standby, heal it and wait for the failback.") { file, state, output, rate };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            if (!spec.Hot.IsEmbedded || spec.LoadBalancer.Cloudflare is not null)
                throw new UsageException("cluster-loss takes a link down on this machine: it needs embedded clusters and the embedded load balancer");
            Root.Require("drill");
            var folder = new StateFolder(spec.Name, parsed.GetRequiredValue(state));
            using var only = PlatformLock.Take(folder);
            var before = await StatusCommand.ReadAsync(spec, folder, TimeProvider.System, cancellationToken);
            if (before.Serving != "hot" || before.Clusters.Any(c => !c.Healthy))
                throw new RefusedException("the drill begins with both clusters healthy and the hot one serving; see tandem status, and tandem failback where traffic was left on the standby");

            using var access = LoadBalancerAccess.Open(spec, folder);
            using var trusted = File.Exists(folder.Certificate) ? X509CertificateLoader.LoadCertificateFromFile(folder.Certificate) : null;
            using var client = new DrillClient(spec.Hostname, "/", IPEndPoint.Parse(before.LoadBalancer.Dns!), trusted, spec.LoadBalancer.Proxied, TimeProvider.System);
            var drill = new ClusterLossDrill(
                client,
                new LinkFaults(HostPlan.Read(folder.Plan)),
                new EmbeddedProbeLog(access, spec),
                Target(before.Clusters[0]),
                Target(before.Clusters[1]),
                spec.LoadBalancer.Proxied ? ServingPoolAsync : async stop => (await client.AnswerAsync(stop))?.ToString(),
                new DrillPrediction(Prediction.Recovery(spec.LoadBalancer), Prediction.Detection(spec.LoadBalancer)),
                parsed.GetRequiredValue(rate),
                spec.LoadBalancer.Failback.Automatic,
                TimeProvider.System);
            var report = await drill.RunAsync(new Output.Progress().Say, cancellationToken);
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(report);
            else
                Print(report);
            return report.Passed ? ExitCodes.Done : ExitCodes.Failed;

            string Target(ClusterReport cluster) =>
                spec.LoadBalancer.Proxied ? LoadBalancerSetup.PoolName(spec, cluster.Name) : cluster.IngressAddress!;

            async Task<string?> ServingPoolAsync(CancellationToken stop) =>
                (string?)(await access.TandemAsync("status", stop))["loadBalancers"]!.AsArray().First(b => (string?)b!["name"] == spec.Hostname)!["servingPool"];
        });
        return command;
    }

    private static string At(DateTimeOffset? at) => at?.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "-";

    private static void Print(DrillReport report)
    {
        var console = AnsiConsole.Console;
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "");
        foreach (var (what, at) in new[]
        {
            ("fault", report.FaultAt), ("first failed probe", report.FirstFailedProbeAt), ("marked down", report.MarkedDownAt), ("the load balancer's answer changed", report.AnswerChangedAt),
            ("first success on the standby", report.FirstStandbySuccessAt), ("healed", report.HealedAt), ("hot cluster serves again", report.FailedBackAt),
        })
            table.AddRow(
                At(at),
                at is { } time && report.FaultAt is { } fault ? string.Create(CultureInfo.InvariantCulture, $"{(time - fault).TotalSeconds,+8:0.0} s") : "",
                what);
        console.Write(table);
        console.MarkupLineInterpolated($"{report.Requests} requests, {report.FailedRequests} failed");
        foreach (var failures in report.Failures)
            console.MarkupLineInterpolated($"  {failures.Count}: {failures.Reason}, {At(failures.FirstAt)} to {At(failures.LastAt)}");
        var measured = report.MeasuredSeconds?.ToString("0.0 s", CultureInfo.InvariantCulture) ?? "never";
        console.MarkupLineInterpolated($"back after {measured}; predicted at most {report.PredictedSeconds:0.0} s: {(report.Passed ? "passed" : "FAILED")}");
    }
}

/// <summary>A safety rule stands against it.</summary>
internal sealed class RefusedException(string message) : Exception(message);
