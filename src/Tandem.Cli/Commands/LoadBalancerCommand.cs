using System.CommandLine;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem lb</c>: the load balancer by itself.</summary>
internal static class LoadBalancerCommand
{
    public static Command Create() => new("lb", "Check the load balancer's configuration, or overrule its health checks.")
    {
        LintCommand.Create(),
        ForceCommand.Create(),
        LoadBalancerRunCommand.Create(),
    };
}
