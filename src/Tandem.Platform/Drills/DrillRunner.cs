namespace Tandem.Platform.Drills;

/// <summary>
/// Runs any drill: steady state, load on every path, fault, follow until it is clear what came of it, heal, wait until the
/// platform is as it was found.
/// </summary>
/// <param name="plan">The drill.</param>
/// <param name="client">The client, fresh.</param>
/// <param name="watch">What the load balancer says, fresh.</param>
/// <param name="faults">Breaks and heals.</param>
/// <param name="probes">What the load balancer tells of its probes; null where it tells nothing.</param>
/// <param name="time">The clock.</param>
public sealed class DrillRunner(DrillPlan plan, DrillClient client, ServiceWatch watch, DrillFaults faults, IProbeLog? probes, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(1);

    /// <summary>How much longer than predicted a step may take before the drill gives up waiting for it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    /// <summary>After several drills in a row damping holds the hot cluster back, by the embedded load balancer's rules so long at most.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(5);

    private readonly Follow _follow = new(plan);

    /// <summary>Runs the drill. What lasts is healed however it ends.</summary>
    /// <param name="progress">Told of each step as it happens.</param>
    /// <param name="cancellationToken">Heals and ends.</param>
    /// <exception cref="DrillException">The drill could not be done.</exception>
    public async Task<DrillReport> RunAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        foreach (var path in await client.LeaveOutFailingPathsAsync())
            progress($"{path} does not answer with a success and is left out");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.WhenAll(client.RunAsync(plan.RequestsPerSecond, stop.Token), watch.RunAsync(stop.Token));
        var broken = new Stack<Fault>();
        var marks = new DrillMarks(time.GetUtcNow());
        try
        {
            if (!await UntilAsync(() => _follow.IsSteady(client.Requests, watch.Latest), Slack, cancellationToken))
                throw new DrillException("the hot cluster does not serve this client, or not both clusters are healthy; see: tandem status");
            await Task.Delay(Around, time, cancellationToken);

            marks = marks with { FaultAt = time.GetUtcNow() };
            foreach (var fault in plan.Drill.Faults)
            {
                broken.Push(fault);
                await faults.InjectAsync(fault, cancellationToken);
            }

            progress(plan.Drill.Summary);
            await UntilAsync(
                () => _follow.IsOver(marks.FaultAt.Value, time.GetUtcNow(), client.Requests, watch.Changes), plan.Prediction.Longest + Slack, cancellationToken);
            var (failed, down) = probes is null ? default : await probes.ReadAsync("hot", marks.FaultAt.Value, cancellationToken);
            marks = marks with { FirstFailedProbeAt = failed, MarkedDownAt = down };

            if (plan.Drill.Faults.Any(f => f.Lasts))
            {
                await HealAsync(broken, cancellationToken);
                marks = marks with { HealedAt = time.GetUtcNow() };
                progress("healed");
            }

            var since = time.GetUtcNow();
            if (await UntilAsync(
                () => watch.HealthReadAt > since && _follow.IsAsFound(since, client.Requests, watch.Latest),
                (plan.Prediction.Longest * 2) + LongestHold + Slack,
                cancellationToken))
                marks = marks with { RestoredAt = time.GetUtcNow() };
            progress(marks.RestoredAt is null ? "the platform is not as it was found" : "the platform is as it was found");
            await Task.Delay(Around, time, cancellationToken);
        }
        finally
        {
            await HealAsync(broken, CancellationToken.None);
            await stop.CancelAsync();
            await running;
        }

        return DrillReport.Of(plan, marks, client.Requests, watch.Changes);
    }

    private async Task HealAsync(Stack<Fault> broken, CancellationToken cancellationToken)
    {
        while (broken.TryPeek(out var fault))
        {
            await faults.HealAsync(fault, cancellationToken);
            broken.Pop();
        }
    }

    private async Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!condition())
        {
            if (time.GetElapsedTime(start) > limit)
                return false;
            await Task.Delay(Poll, time, cancellationToken);
        }

        return true;
    }
}
