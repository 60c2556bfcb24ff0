namespace Tandem.Cli;

/// <summary>What the process says by its exit code.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>The command line or a file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A cluster or the load balancer cannot be reached.</summary>
    public const int NotReachable = 3;

    /// <summary>Refused by a safety rule.</summary>
    public const int Refused = 4;

    /// <summary>Drift, or not ready.</summary>
    public const int NotReady = 5;
}
