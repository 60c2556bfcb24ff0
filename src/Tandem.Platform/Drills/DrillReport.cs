using System.Text.Json.Serialization;

namespace Tandem.Platform.Drills;

/// <summary>What a drill saw. Times are UTC; what did not happen is null.</summary>
/// <param name="Drill">Its name.</param>
/// <param name="Summary">What was done.</param>
/// <param name="Expectation">What had to come of it.</param>
/// <param name="PredictedSeconds">How long the platform file says that users may be without the service.</param>
public sealed record DrillReport(
    string Drill, string Summary, [property: JsonConverter(typeof(JsonStringEnumConverter<Expectation>))] Expectation Expectation, double PredictedSeconds)
{
    /// <summary>When the client began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When something was broken.</summary>
    public DateTimeOffset? FaultAt { get; init; }

    /// <summary>When a health check of the hot cluster first failed.</summary>
    public DateTimeOffset? FirstFailedProbeAt { get; init; }

    /// <summary>When the load balancer took the hot cluster out.</summary>
    public DateTimeOffset? MarkedDownAt { get; init; }

    /// <summary>When DNS first answered with the standby; with a proxy, when that first preferred it.</summary>
    public DateTimeOffset? AnswerChangedAt { get; init; }

    /// <summary>When the client first had a good answer from the standby.</summary>
    public DateTimeOffset? FirstStandbySuccessAt { get; init; }

    /// <summary>When what was broken was mended; null where the platform mends itself.</summary>
    public DateTimeOffset? HealedAt { get; init; }

    /// <summary>When the client first had a good answer from the hot cluster again.</summary>
    public DateTimeOffset? FailedBackAt { get; init; }

    /// <summary>When the platform was as it had been found.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>How many requests were sent.</summary>
    public int Requests { get; init; }

    /// <summary>How many of them had no good answer.</summary>
    public int FailedRequests => Failures.Sum(f => f.Count);

    /// <summary>How many were answered, and took longer than 1 s.</summary>
    public int SlowRequests => Paths.Sum(p => p.Slow);

    /// <summary>The share of the requests between fault and healing that failed, 0 to 1.</summary>
    public double FailedShare { get; init; }

    /// <summary>Why they had no good answer.</summary>
    public IReadOnlyList<DrillFailures> Failures { get; init; } = [];

    /// <summary>How users fared, by path.</summary>
    public IReadOnlyList<DrillPath> Paths { get; init; } = [];

    /// <summary>How users fared, by second.</summary>
    public IReadOnlyList<DrillSecond> Traffic { get; init; } = [];

    /// <summary>What the load balancer said, at each change.</summary>
    public IReadOnlyList<Observation> Observations { get; init; } = [];

    /// <summary>
    /// How long users were without the service, in seconds: from the fault to the first good answer of the standby; where any
    /// cluster may serve, to the end of the last outage; where the service had to go on, the longest outage; where nobody
    /// could serve, from the healing to the first good answer. Null where it did not come back.
    /// </summary>
    public double? MeasuredSeconds { get; init; }

    /// <summary>Whether traffic moved to the standby.</summary>
    public bool FailedOver => AnswerChangedAt is not null || FirstStandbySuccessAt is not null;

    /// <summary>Whether it came as predicted, and the platform is as it was found.</summary>
    public bool Passed => Verdict.Passed;

    /// <summary>Why it passed, or why not.</summary>
    public string Why => Verdict.Why;

    private DrillVerdict Verdict => DrillVerdict.Of(this);

    /// <summary>The share of the requests that might fail.</summary>
    [JsonIgnore]
    public double MostFailed { get; init; }

    /// <summary>Puts together what was seen. Pure.</summary>
    internal static DrillReport Of(DrillPlan plan, DrillMarks marks, IReadOnlyList<DrillRequest> requests, IReadOnlyList<Observation> changes)
    {
        var fault = marks.FaultAt ?? DateTimeOffset.MaxValue;
        var standby = FirstSuccess(plan.Standby, fault);
        var changed = changes.FirstOrDefault(o => o.At > fault && o.Answer == "standby")?.At;
        var affected = requests.Where(r => r.At >= fault && r.At < (marks.HealedAt ?? marks.RestoredAt ?? DateTimeOffset.MaxValue)).ToList();
        return new DrillReport(plan.Drill.Name, plan.Drill.Summary, plan.Drill.Expectation, Seconds(plan.Prediction.Recovery))
        {
            StartedAt = marks.StartedAt,
            FaultAt = marks.FaultAt,
            FirstFailedProbeAt = marks.FirstFailedProbeAt,
            MarkedDownAt = marks.MarkedDownAt,
            AnswerChangedAt = changed,
            FirstStandbySuccessAt = standby,
            HealedAt = marks.HealedAt,
            FailedBackAt = standby is null && changed is null ? null : FirstSuccess(plan.Hot, marks.HealedAt ?? standby ?? changed!.Value),
            RestoredAt = marks.RestoredAt,
            Requests = requests.Count,
            FailedShare = affected.Count == 0 ? 0 : Math.Round((double)affected.Count(r => !r.Succeeded) / affected.Count, 4),
            MostFailed = plan.Drill.MostFailed,
            Failures = DrillFailures.Of(requests),
            Paths = DrillPath.Of(requests),
            Traffic = DrillSecond.Of(requests, plan),
            Observations = changes,
            MeasuredSeconds = Measured(),
        };

        DateTimeOffset? FirstSuccess(string target, DateTimeOffset after) =>
            requests.Where(r => r.Succeeded && r.Target == target && r.At > after).Select(r => (DateTimeOffset?)(r.At + r.Duration)).Min();

        double? Measured()
        {
            var outages = Outage.Of(requests, fault);
            return plan.Drill.Expectation switch
            {
                Expectation.FailsOver => Seconds(standby - fault),
                Expectation.Recovers => outages.Count == 0 ? 0 : Seconds(outages[^1].To - fault),
                Expectation.KeepsServing => outages.Count == 0 ? 0 : outages.Any(o => o.To is null) ? null : outages.Max(o => Seconds(o.To - o.From)),
                _ => marks.HealedAt is { } healed
                    ? Seconds(requests.Where(r => r.Succeeded && r.At + r.Duration > healed).Select(r => (DateTimeOffset?)(r.At + r.Duration)).Min() - healed)
                    : null,
            };
        }
    }

    private static double? Seconds(TimeSpan? span) => span is { } value ? Seconds(value) : null;

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
