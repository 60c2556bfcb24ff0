namespace Tandem.LoadBalancer.Replication;

/// <summary>How the exchanges with one peer go: a pure function of how each of them ended, and when.</summary>
internal sealed record PeerHealth
{
    /// <summary>How long a peer may fail before anybody is told: it may just have been started again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>When the last exchange ended well, UTC; null before the first.</summary>
    public DateTimeOffset? LastExchange { get; init; }

    /// <summary>When the first of the present failures began, UTC; null where the last exchange went well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Why the last one failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it has been failing for so long that somebody was told.</summary>
    public bool Lost { get; init; }

    /// <summary>Before the next try, after a failure: doubles from 0.2 s to 10 s.</summary>
    public TimeSpan Pause => Failures > 6 ? LongestPause : FirstPause * Math.Pow(2, Math.Max(0, Failures - 1));

    /// <summary>After an exchange that went well.</summary>
    public PeerHealth Succeeded(DateTimeOffset at) => new() { LastExchange = at };

    /// <summary>After an exchange that failed.</summary>
    public PeerHealth Failed(DateTimeOffset began, DateTimeOffset at, string error) => this with
    {
        FailingSince = FailingSince ?? began,
        Failures = Failures + 1,
        Error = error,
        Lost = Lost || at - (FailingSince ?? began) >= Patience,
    };
}
