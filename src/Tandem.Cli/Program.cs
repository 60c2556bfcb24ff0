using System.CommandLine;
using System.CommandLine.Invocation;
using Tandem.Cli;
using Tandem.Cli.Commands;
using Tandem.Cli.Commands.Images;
using Tandem.Cli.Commands.Nodes;
using Tandem.Cli.Commands.Parity;
using Tandem.Cli.Commands.Releases;
using Tandem.Cli.Commands.Traffic;

var root = new RootCommand("Two Kubernetes clusters, one hostname, and a service that survives losing one of them.")
{
    UpCommand.Create(),
    StatusCommand.Create(),
    DeployCommand.Create(),
    DiffCommand.Create(),
    ReleasesCommand.Create(),
    RollbackCommand.Create(),
    SyncCommand.Create(),
    ParityCommand.Create(),
    DrillCommand.Create(),
    SwitchoverCommand.Create(),
    HoldCommand.Create(),
    ResumeCommand.Create(),
    FailbackCommand.Create(),
    HistoryCommand.Create(),
    ImagesCommand.Create(),
    ClusterCommand.Create(),
    DownCommand.Create(),
    HostCommand.Create(),
    LoadBalancerCommand.Create(),
    AgentCommand.Create(),
};
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Action is ParseErrorAction ? ExitCodes.Usage : code;
