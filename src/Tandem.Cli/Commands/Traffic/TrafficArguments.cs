using System.CommandLine;
using k8s.Exceptions;
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

    /// <summary>The folder of the platform's state.</summary>
    public StateFolder Folder(ParseResult parsed, PlatformSpec spec) => new(spec.Name, parsed.GetRequiredValue(_state));

    public async Task<int> RunAsync(ParseResult parsed, Func<TrafficSession, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var spec = CommonOptions.Load(parsed.GetRequiredValue(_file));
        var folder = Folder(parsed, spec);
        using var access = LoadBalancerAccess.Open(spec, folder);
        using var only = PlatformLock.Take(folder);
        var progress = new Progress();
        var clusters = Clusters(spec, folder, progress);
        var history = new HistoryStore(clusters, spec.Name);
        await work(
            new TrafficSession(
                spec, clusters, access, new PoolOrder(access.Client, access.AccountId, access.ZoneId, spec), history, new Audit(history, progress), progress,
                parsed.GetValue(_reason), parsed.GetValue(_override), parsed.GetRequiredValue(_output) == "json"),
            cancellationToken);
        foreach (var cluster in clusters)
            cluster.Dispose();
        return ExitCodes.Done;
    }

    /// <summary>Traffic has to be moved most urgently when there is no cluster to be asked: then it is done without the history.</summary>
    private static IReadOnlyList<Cluster> Clusters(PlatformSpec spec, StateFolder folder, Progress progress)
    {
        try
        {
            return ClusterAccess.Open(spec, folder);
        }
        catch (Exception e) when (e is NotRunningException or KubeConfigException)
        {
            progress.Say($"the clusters cannot be asked: {e.Message}");
            return [];
        }
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
        DateTimeOffset? moved = null;
        try
        {
            moved = (await History.ReadAsync(cancellationToken)).Where(e => Moves.Contains(e.Action) && e.Outcome == HistoryOutcome.Done).Max(e => (DateTimeOffset?)e.At);
        }
        catch (ClusterException e)
        {
            Progress.Say($"the cool-down is not checked, since the history cannot be read: {e.Message}");
        }

        return SafetyRules.Broken(Spec.Safety, TimeProvider.System.GetUtcNow(), moved);
    }

    public NotRunningException NotSetUp() => new($"the load balancer does not know {Spec.Hostname} yet; run: tandem up");
}
