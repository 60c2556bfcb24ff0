namespace Tandem.Platform.Failover.Lint;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>It works, but not as one might think.</summary>
    Warning,

    /// <summary>It is refused, or failover does not happen.</summary>
    Error,
}

/// <summary>Something about the load balancer's configuration that somebody should know.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Where">The object: its kind and name.</param>
/// <param name="What">What is so, and what that does to users.</param>
/// <param name="Advice">What to do.</param>
public sealed record Finding(Severity Severity, string Where, string What, string Advice);
