namespace Tandem.Kubernetes.Node.Logs;

/// <summary>The parameters of the API's <c>pods/log</c>.</summary>
public sealed record ContainerLogOptions
{
    /// <summary>The container; null where the pod has only one.</summary>
    public string? Container { get; init; }

    /// <summary>Goes on until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>The instance before the present one.</summary>
    public bool Previous { get; init; }

    /// <summary>Only what is younger than this many seconds, at least 1.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>Only what was written at or after this time.</summary>
    public DateTimeOffset? SinceTime { get; init; }

    /// <summary>Only so many lines from the end, 0 or more.</summary>
    public long? TailLines { get; init; }

    /// <summary><c>Stdout</c> or <c>Stderr</c> alone, or <c>All</c>.</summary>
    public string Stream { get; init; } = LogStreams.All;

    /// <summary>Puts the time (RFC 3339 with nanoseconds) before each line.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Ends after so many bytes, at least 1.</summary>
    public long? LimitBytes { get; init; }
}
