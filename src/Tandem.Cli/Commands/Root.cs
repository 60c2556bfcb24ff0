namespace Tandem.Cli.Commands;

/// <summary>Network namespaces, mounts and control groups are the superuser's.</summary>
internal static class Root
{
    /// <exception cref="UsageException">This is not the superuser.</exception>
    public static void Require(string command)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new UsageException($"'tandem {command}' makes network namespaces and containers and must run as root: sudo tandem {command}");
    }
}
