using System.CommandLine;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Drills;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem drill</c>: break something on purpose, and measure what users would have seen.</summary>
internal static class DrillCommand
{
    public static Command Create()
    {
        var command = new Command("drill", "Break something on purpose and measure what users would see.");
        foreach (var drill in DrillCatalog.All)
            command.Add(One(drill));
        command.Add(All());
        return command;
    }

    private static Command One(Drill drill)
    {
        var options = new DrillOptions();
        var command = new Command(drill.Name, drill.Summary);
        options.AddTo(command);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var values = options.Of(parsed);
            if (DrillSession.Obstacle(drill, values.Spec, values.YesOn) is { } obstacle)
                throw new UsageException(obstacle);
            using var only = Begin(values.Spec, values.State);
            using var session = new DrillSession(values.Spec, values.State, values.Rate, values.Dns, new Progress());
            var report = await session.RunAsync(drill, cancellationToken);
            values.WriteReport([report]);
            if (values.Json)
                Json.Print(report);
            else
                DrillOutput.Print(report);
            return report.Passed ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static Command All()
    {
        var options = new DrillOptions();
        var command = new Command("all", "Run all drills in turn.");
        options.AddTo(command);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var values = options.Of(parsed);
            var progress = new Progress();
            var offered = DrillCatalog.All.ToLookup(d => DrillSession.Obstacle(d, values.Spec, values.YesOn));
            foreach (var obstacle in offered.Where(o => o.Key is not null))
                progress.Say($"left out: {obstacle.Key}");
            if (!offered[null].Any())
                throw new UsageException("this platform offers no drill as called; see: tandem drill all --help");
            using var only = Begin(values.Spec, values.State);
            using var session = new DrillSession(values.Spec, values.State, values.Rate, values.Dns, progress);
            var reports = new List<DrillReport>();
            foreach (var drill in offered[null])
            {
                progress.Say(drill.Name);
                reports.Add(await session.RunAsync(drill, cancellationToken));
                values.WriteReport(reports);
                if (!values.Json)
                    Console.WriteLine(DrillOutput.Line(reports[^1]));
                if (reports[^1].RestoredAt is null)
                    break;
            }

            var passed = reports.Count == offered[null].Count() && reports.All(r => r.Passed);
            var summary = $"{reports.Count(r => r.Passed)} of {offered[null].Count()} drills passed"
                + (reports[^1].RestoredAt is null ? "; stopped, for the platform is not as it was found: see tandem status" : "");
            if (values.Json)
                Json.Print(new { passed, drills = reports });
            else
                Console.WriteLine(summary);
            return passed ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static PlatformLock Begin(PlatformSpec spec, StateFolder state)
    {
        if (spec.Clusters.Any(c => c.IsEmbedded) || spec.LoadBalancer.Cloudflare is null)
            Root.Require("drill");
        return PlatformLock.Take(state);
    }
}

/// <summary>A safety rule stands against it.</summary>
internal sealed class RefusedException(string message) : Exception(message);
