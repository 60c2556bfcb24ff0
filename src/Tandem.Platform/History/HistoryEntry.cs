namespace Tandem.Platform.History;

/// <summary>Something that was done to a platform, by a person or by Tandem itself.</summary>
/// <param name="Id">Unique; entries of the same id are the same.</param>
/// <param name="At">When.</param>
/// <param name="By">Who: user@machine, or agent.</param>
/// <param name="Action">What: deploy, rollback, sync, switchover, failback, hold, resume, drill.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record HistoryEntry(string Id, DateTimeOffset At, string By, string Action, HistoryOutcome Outcome)
{
    /// <summary>What came of it, or why it failed.</summary>
    public string? What { get; init; }

    /// <summary>Why it was done; null where nobody said.</summary>
    public string? Reason { get; init; }

    /// <summary>The safety rules that it broke by an operator's word.</summary>
    public IReadOnlyList<string> Overridden { get; init; } = [];
}

/// <summary>How an action ended.</summary>
public enum HistoryOutcome
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was tried and failed.</summary>
    Failed,

    /// <summary>A safety rule stood against it.</summary>
    Refused,
}
