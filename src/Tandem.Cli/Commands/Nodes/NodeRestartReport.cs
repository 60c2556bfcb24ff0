namespace Tandem.Cli.Commands.Nodes;

/// <summary>How a reboot went.</summary>
/// <param name="Cluster">hot or standby.</param>
/// <param name="Node">The node's name.</param>
/// <param name="BootId">Its boot id since.</param>
/// <param name="NodeSeconds">From the reset until the node said that it is ready.</param>
/// <param name="Seconds">Until all pods that were ready before were ready again.</param>
/// <param name="Pods">How many these are.</param>
internal sealed record NodeRestartReport(string Cluster, string Node, string BootId, double NodeSeconds, double Seconds, int Pods);
