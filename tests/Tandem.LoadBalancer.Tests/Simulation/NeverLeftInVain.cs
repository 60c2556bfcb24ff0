namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// DNS leaves the hot cluster only after as many failed checks as the threshold says, since it last passed the U in a row that
/// clear them. Failures for want of the load balancer's own network are no failures of the cluster. And it returns only after
/// U passed checks in a row; unless the standby is down: then a hot cluster that was up again, held back, and has failed since, though
/// not often enough to be down, is better than one that is.
/// </summary>
internal sealed class NeverLeftInVain : IInvariant
{
    public string? Violation(Moment moment)
    {
        if (moment.AnswerBefore < 0 || moment.Answer == moment.AnswerBefore)
            return null;
        var (hot, rules) = (moment.Clusters[SimulatedPlatform.Hot], moment.Plan.Rules);
        if (moment.AnswerBefore == SimulatedPlatform.Hot)
            return hot.Failures < rules.Down ? $"hot was left after {hot.Failures} failed checks, not {rules.Down}" : null;
        return hot.Passes < rules.Up && moment.Published[SimulatedPlatform.Standby] ? $"hot serves again after {hot.Passes} passed checks in a row, not {rules.Up}" : null;
    }
}
