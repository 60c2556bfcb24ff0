using System.CommandLine;

namespace Tandem.Cli.Commands.Nodes;

/// <summary><c>tandem cluster</c>: what is done to an embedded cluster as a whole.</summary>
internal static class ClusterCommand
{
    public static Command Create() => new("cluster", "Restart an embedded cluster.") { ClusterRestartCommand.Create(), ClusterRunCommand.Create() };
}
