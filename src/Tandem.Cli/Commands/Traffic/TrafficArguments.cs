using System.CommandLine;
using Tandem.Cli.Commands.Releases;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Clusters;
using Tandem.Platform.Failover;
using Tandem.Platform.History;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands.Traffic;

/// <summary>The options of the commands that move traffic or hold it, and what they work with.</summary>
internal sealed class TrafficArguments
{
    private readonly Option<string> _file = CommonOptions.File();
    private readonly Option<string> _state = CommonOptions.State();
    private readonly Option<string> _output = CommonOptions.Output();
    private readonly Option<string?> _reason = Audit.Reason();
    private readonly Option<string?> _override = Audit.Override();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _file, _state, _output, _reason, _override })
            command.Add(option);
    }

    public async Task<int> RunAsync(ParseResult parsed, Func<TrafficSession, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var spec = CommonOptions.Load(parsed.GetRequiredValue(_file));
        var folder = new StateFolder(spec.Name, parsed.GetRequiredValue(_state));
        using var access = LoadBalancerAccess.Open(spec, folder);
        using var only = PlatformLock.Take(folder);
        var progress = new Progress();
        using var releases = await ReleaseSession.OpenAsync(spec, folder, progress, cancellationToken);
        var history = new HistoryStore(releases.Clusters, spec.Name);
        await work(
            new TrafficSession(
                spec, releases.Clusters, access, new PoolOrder(access.Client, access.AccountId, access.ZoneId, spec), history, new Audit(history, progress), progress,
                parsed.GetValue(_reason), parsed.GetValue(_override), parsed.GetRequiredValue(_output) == "json"),
            cancellationToken);
        return ExitCodes.Done;
    }
}

/// <summary>What a command that moves traffic works with.</summary>
internal sealed record TrafficSession(
    PlatformSpec Spec, IReadOnlyList<Cluster> Clusters, LoadBalancerAccess Access, PoolOrder Order, HistoryStore History, Audit Audit, Progress Progress, string? Reason, string? Override, bool Json)
{
    private static readonly string[] Moves = ["switchover", "failback"];

    public Preference Prefer(string cluster) => new(cluster, Author.Current, TimeProvider.System.GetUtcNow(), Override ?? Reason);

    public Task<ServiceHealth> HealthAsync(CancellationToken cancellationToken) =>
        ServiceHealth.ReadAsync(Access.Client, Access.AccountId, Access.ZoneId, Spec, cancellationToken);

    /// <summary>The safety rules that a move of traffic would break now.</summary>
    public async Task<IReadOnlyList<string>> BrokenAsync(CancellationToken cancellationToken)
    {
        var moved = (await History.ReadAsync(cancellationToken)).Where(e => Moves.Contains(e.Action) && e.Outcome == HistoryOutcome.Done).Select(e => (DateTimeOffset?)e.At);
        return SafetyRules.Broken(Spec.Safety, TimeProvider.System.GetUtcNow(), moved.Max());
    }

    public NotRunningException NotSetUp() => new($"the load balancer does not know {Spec.Hostname} yet; run: tandem up");
}
