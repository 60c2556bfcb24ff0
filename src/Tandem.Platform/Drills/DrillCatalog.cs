namespace Tandem.Platform.Drills;

/// <summary>All drills, in the order in which <c>drill all</c> runs them.</summary>
public static class DrillCatalog
{
    private const string Hot = "hot";

    /// <summary>The drills. A bad release, which must be stopped at the standby, belongs here too: its fault would be a release.</summary>
    public static IReadOnlyList<Drill> All { get; } =
    [
        new("bad-release", "Deploy a release whose image does not exist: the standby must stop it.", [new(FaultKind.BadRelease, "standby")], Expectation.KeepsServing),
        new("app-crash", "Delete the hot cluster's pods behind the Ingress.", [new(FaultKind.BackendsDeleted, Hot)], Expectation.Recovers),
        new("ingress-crash", "Delete the hot cluster's ingress controller.", [new(FaultKind.IngressDeleted, Hot)], Expectation.Recovers),
        new("api-loss", "Stop the hot cluster's API server, controllers and node agent.", [new(FaultKind.ApiStopped, Hot)], Expectation.KeepsServing),
        new("etcd-loss", "Stop the hot cluster's etcd.", [new(FaultKind.EtcdStopped, Hot)], Expectation.KeepsServing),
        new("balancer-restart", "Kill the load balancer.", [new(FaultKind.BalancerKilled, "")], Expectation.KeepsServing) { MostFailed = 0.3 },
        new("lossy-network", "Lose every fifth packet of the hot cluster.", [new(FaultKind.PacketsLost, Hot)], Expectation.KeepsServing) { MostFailed = 0.2 },
        new("node-restart", "Kill the hot cluster's containers, runtime and node agent.", [new(FaultKind.NodeKilled, Hot)], Expectation.Recovers),
        new("cluster-loss", "Take the hot cluster's link down.", [new(FaultKind.LinkDown, Hot)], Expectation.FailsOver),
        new("partition", "Lose all answers of the hot cluster.", [new(FaultKind.AnswersLost, Hot)], Expectation.FailsOver),
        new("slow-health", "Let the hot cluster's ingress accept and not answer.", [new(FaultKind.IngressStopped, Hot)], Expectation.FailsOver),
        new("both-down", "Take both clusters' links down.", [new(FaultKind.LinkDown, Hot), new(FaultKind.LinkDown, "standby")], Expectation.ComesBack),
    ];
}
