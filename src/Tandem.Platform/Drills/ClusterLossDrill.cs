namespace Tandem.Platform.Drills;

/// <summary>
/// Takes the hot cluster's link down while a client sends requests, waits until the standby serves, heals the link and
/// waits until the hot cluster serves again.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="faults">Breaks and mends.</param>
/// <param name="probes">What the load balancer tells of its probes.</param>
/// <param name="hot">What the client's requests to the hot cluster show: its address, or its pool's name where a proxy is between.</param>
/// <param name="standby">The same of the standby.</param>
/// <param name="answer">What the load balancer says at this moment, in the same words.</param>
/// <param name="prediction">How long the steps may take.</param>
/// <param name="requestsPerSecond">How many requests the client sends a second, at least 1.</param>
/// <param name="waitForFailback">Whether traffic returns by itself.</param>
/// <param name="time">The clock.</param>
public sealed class ClusterLossDrill(
    DrillClient client, IClusterFaults faults, IProbeLog probes, string hot, string standby, Func<CancellationToken, Task<string?>> answer,
    DrillPrediction prediction, int requestsPerSecond, bool waitForFailback, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);

    /// <summary>How much longer than predicted a step may take before the drill gives up waiting for it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    /// <summary>After several drills in a row damping holds the hot cluster back, by the embedded load balancer's rules so long at most.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(5);

    /// <summary>Runs the drill. The link is healed however it ends.</summary>
    /// <param name="progress">Told of each step as it happens.</param>
    /// <param name="cancellationToken">Heals and ends.</param>
    public async Task<DrillReport> RunAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = client.RunAsync(requestsPerSecond, stop.Token);
        var report = new DrillReport("cluster-loss", prediction.Recovery.TotalSeconds);
        var lost = false;
        try
        {
            await UntilAsync(() => Succeeded(hot, DateTimeOffset.MinValue) is not null, Slack, cancellationToken);
            await Task.Delay(Before, time, cancellationToken);

            report = report with { FaultAt = time.GetUtcNow() };
            lost = true;
            await faults.LoseAsync("hot", cancellationToken);
            progress("the hot cluster's link is down");
            report = await FollowAsync(report, progress, cancellationToken);

            await faults.HealAsync("hot", cancellationToken);
            lost = false;
            report = report with { HealedAt = time.GetUtcNow() };
            progress("the link is back");
            if (waitForFailback)
            {
                var healed = report.HealedAt!.Value;
                await UntilAsync(() => Succeeded(hot, healed) is not null, (prediction.Longest * 2) + LongestHold + Slack, cancellationToken);
                report = report with { FailedBackAt = Succeeded(hot, healed) };
                progress(report.FailedBackAt is null ? "the hot cluster did not serve again in time" : "the hot cluster serves again");
            }
        }
        finally
        {
            if (lost)
                await faults.HealAsync("hot", CancellationToken.None);
            await stop.CancelAsync();
            await sending;
        }

        var requests = client.Requests;
        return report with { Requests = requests.Count, Failures = DrillFailures.Of(requests), WaitsForFailback = waitForFailback };
    }

    private async Task<DrillReport> FollowAsync(DrillReport report, Action<string> progress, CancellationToken cancellationToken)
    {
        var fault = report.FaultAt!.Value;
        var start = time.GetTimestamp();
        while ((report.FirstStandbySuccessAt is null || report.AnswerChangedAt is null) && time.GetElapsedTime(start) < prediction.Longest + Slack)
        {
            await Task.Delay(Poll, time, cancellationToken);
            if (report.AnswerChangedAt is null && await answer(cancellationToken) == standby)
            {
                report = report with { AnswerChangedAt = time.GetUtcNow() };
                progress("the load balancer answers with the standby");
            }

            if (report.FirstStandbySuccessAt is null && Succeeded(standby, fault) is { } first)
            {
                report = report with { FirstStandbySuccessAt = first };
                progress("the client reached the standby");
            }
        }

        var (failed, down) = await probes.ReadAsync("hot", fault, cancellationToken);
        return report with { FirstFailedProbeAt = failed, MarkedDownAt = down };
    }

    private DateTimeOffset? Succeeded(string target, DateTimeOffset after) =>
        client.Requests.Where(r => r.Succeeded && r.Target == target && r.At > after).Select(r => (DateTimeOffset?)(r.At + r.Duration)).Min();

    private async Task UntilAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!condition() && time.GetElapsedTime(start) < limit)
            await Task.Delay(Poll, time, cancellationToken);
    }
}

/// <summary>How long the steps of a drill may take.</summary>
/// <param name="Recovery">From the fault until users reach the standby.</param>
/// <param name="Detection">From the fault until the load balancer has taken the cluster out.</param>
public sealed record DrillPrediction(TimeSpan Recovery, TimeSpan Detection)
{
    /// <summary>The longer of the two: with a proxy users are back before the cluster is taken out.</summary>
    public TimeSpan Longest => Recovery > Detection ? Recovery : Detection;
}
