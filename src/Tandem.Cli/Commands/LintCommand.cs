using System.CommandLine;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Failover.Lint;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem lb lint</c>: what a plan or an option would do to users.</summary>
internal static class LintCommand
{
    private const string FromFile = "platform file";
    private const string FromBalancer = "load balancer";

    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var output = CommonOptions.Output();
        var plan = new Option<string?>("--plan") { Description = "Cloudflare's plan: free, pro, business or enterprise. Required with Cloudflare, whose API does not tell it.", HelpName = "PLAN" };
        plan.AcceptOnlyFromAmong("free", "pro", "business", "enterprise");
        var command = new Command("lint", "Say what the platform file, and the load balancer as it is configured, would do to users.") { file, state, output, plan };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            CloudflarePlan? bought = Enum.TryParse<CloudflarePlan>(parsed.GetValue(plan), ignoreCase: true, out var known) ? known : null;
            if (bought is null && spec.LoadBalancer.Cloudflare is not null)
                throw new UsageException("Cloudflare's API does not tell which plan is paid for; name it: --plan free, pro, business or enterprise");
            var written = Linter.Run(LintSubject.Of(spec, bought));
            var live = await LiveAsync(spec, new StateFolder(spec.Name, parsed.GetRequiredValue(state)), bought, cancellationToken);
            IReadOnlyList<LintLine> lines =
            [
                .. written.Select(f => LintLine.Of(FromFile, f)),
                .. (live ?? []).Where(f => !written.Contains(f)).Select(f => LintLine.Of(FromBalancer, f)),
            ];
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(new { plan = parsed.GetValue(plan), loadBalancerRead = live is not null, findings = lines });
            else
                Print(lines);
            return lines.Any(l => l.Severity == "error") ? ExitCodes.NotReady : ExitCodes.Done;
        });
        return command;
    }

    /// <summary>What is configured; null, with a word on standard error, where no load balancer is in reach.</summary>
    private static async Task<IReadOnlyList<Finding>?> LiveAsync(PlatformSpec spec, StateFolder state, CloudflarePlan? plan, CancellationToken cancellationToken)
    {
        try
        {
            using var access = LoadBalancerAccess.Open(spec, state);
            return Linter.Run(await LintSubject.ReadAsync(access.Client, access.AccountId, access.ZoneId, spec, plan, cancellationToken));
        }
        catch (Exception e) when (e is NotRunningException or UsageException or HttpRequestException)
        {
            Console.Error.WriteLine($"tandem: only the platform file was read: {e.Message}");
            return null;
        }
    }

    private static void Print(IReadOnlyList<LintLine> lines)
    {
        foreach (var line in lines)
            Console.WriteLine($"{line.Severity}: {line.Source}: {line.Where}: {line.What}. Do: {line.Advice}");
        if (lines.Count == 0)
            Console.WriteLine("nothing to say");
    }
}

/// <param name="Severity">error or warning.</param>
/// <param name="Source">Whether it is about the platform file or about what is configured.</param>
/// <param name="Where">The object.</param>
/// <param name="What">What is so.</param>
/// <param name="Advice">What to do.</param>
internal sealed record LintLine(string Severity, string Source, string Where, string What, string Advice)
{
    public static LintLine Of(string source, Finding finding) =>
        new(finding.Severity == Platform.Failover.Lint.Severity.Error ? "error" : "warning", source, finding.Where, finding.What, finding.Advice);
}
