using Tandem.LoadBalancer.Engine;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>All that an invariant may look at.</summary>
internal sealed class Moment
{
    /// <summary>What lies between a due check and its start, and an answer's way.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(200);

    public required CheckPlan Plan { get; init; }

    public TimeSpan Now { get; set; }

    /// <summary>Hot, standby.</summary>
    public Facts[] Clusters { get; } = [new(), new()];

    /// <summary>Whether the load balancer has lost its own network, or both clusters have no route, which looks the same to it.</summary>
    public bool Partitioned { get; set; }

    /// <summary>When that last was so.</summary>
    public TimeSpan PartitionedUntil { get; set; } = TimeSpan.MinValue;

    /// <summary>Whether this episode is about the load balancer's own network alone.</summary>
    public bool NetworkOnly { get; set; }

    /// <summary>When the process started.</summary>
    public TimeSpan StartedAt { get; set; }

    /// <summary>Whether it runs and its first round of checks has ended.</summary>
    public bool Answering { get; set; }

    /// <summary>How many addresses are answered, once answering.</summary>
    public int Addresses { get; set; }

    /// <summary>Which cluster is decided for, and answered once answering; -1 for none.</summary>
    public int Answer { get; set; } = -1;

    /// <summary>Which was, before this event; over restarts.</summary>
    public int AnswerBefore { get; set; } = -1;

    /// <summary>What is published of each cluster.</summary>
    public bool[] Published { get; } = new bool[2];

    public bool[] PublishedBefore { get; } = new bool[2];

    /// <summary>Whether a cluster was published before this event, and is after it.</summary>
    public bool Serviceable(int cluster) => PublishedBefore[cluster] && Published[cluster];

    /// <summary>Whether the process has just been started again.</summary>
    public bool Restarted { get; set; }

    /// <summary>For how long a cluster has been well and every check of it has passed, and nothing else was in the way.</summary>
    public TimeSpan GoodFor(int cluster) => Clusters[cluster] is { Condition.IsGood: true } facts && !Partitioned
        ? Now - Latest(facts.ConditionSince, facts.LastFailEnded, StartedAt, PartitionedUntil)
        : TimeSpan.MinValue;

    /// <summary>For how long a cluster has been dead and every check of it has failed.</summary>
    public TimeSpan DeadFor(int cluster) => Clusters[cluster] is { Condition.IsDead: true } facts && !Partitioned
        ? Now - Latest(facts.ConditionSince, facts.LastPassEnded, StartedAt, PartitionedUntil)
        : TimeSpan.MinValue;

    private static TimeSpan Latest(params ReadOnlySpan<TimeSpan> times)
    {
        var latest = TimeSpan.MinValue;
        foreach (var time in times)
            latest = time > latest ? time : latest;
        return latest;
    }
}
