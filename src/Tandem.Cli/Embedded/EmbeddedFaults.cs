using Tandem.Host.Faults;
using Tandem.Platform.Drills;

namespace Tandem.Cli.Embedded;

/// <summary>Faults of embedded clusters and of the embedded load balancer.</summary>
internal sealed class EmbeddedFaults(MachineFaults faults) : IMachineFaults
{
    public async Task InjectAsync(Fault fault, CancellationToken cancellationToken)
    {
        try
        {
            await faults.InjectAsync(MachineFaultOf(fault), cancellationToken);
        }
        catch (InvalidOperationException e)
        {
            throw new DrillException(e.Message);
        }
    }

    public Task HealAsync(Fault fault, CancellationToken cancellationToken) => faults.HealAsync(MachineFaultOf(fault), cancellationToken);

    private static MachineFault MachineFaultOf(Fault fault) => new(
        fault.Kind switch
        {
            FaultKind.LinkDown => MachineFaultKind.LinkDown,
            FaultKind.AnswersLost => MachineFaultKind.AnswersLost,
            FaultKind.PacketsLost => MachineFaultKind.PacketsLost,
            FaultKind.IngressStopped => MachineFaultKind.IngressStopped,
            FaultKind.ApiStopped => MachineFaultKind.ApiStopped,
            FaultKind.EtcdStopped => MachineFaultKind.EtcdStopped,
            FaultKind.NodeKilled => MachineFaultKind.NodeKilled,
            FaultKind.BalancerKilled => MachineFaultKind.BalancerKilled,
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        },
        fault.Cluster);
}
