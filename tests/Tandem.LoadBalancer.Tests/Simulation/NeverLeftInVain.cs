namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// DNS leaves the hot cluster only after as many failed checks as the threshold says, since it last passed the U in a row that
/// clear them. Failures for want of the load balancer's own network are no failures of the cluster. And it returns only when it has
/// passed U checks in a row since; if damping has held it back after these, doubts that came meanwhile are its business.
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
        return hot.BestRun < rules.Up ? $"hot serves again after {hot.BestRun} passed checks in a row, not {rules.Up}" : null;
    }
}
