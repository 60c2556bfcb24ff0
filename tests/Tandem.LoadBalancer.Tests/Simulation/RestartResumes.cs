namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>A restart changes nothing: what was published before is published after, and the answer is the same, until a check says otherwise.</summary>
internal sealed class RestartResumes : IInvariant
{
    public string? Violation(Moment moment)
    {
        if (!moment.Restarted)
            return null;
        if (!moment.Published.SequenceEqual(moment.PublishedBefore))
            return "a restart changed what is published";
        return moment.AnswerBefore >= 0 && moment.Answer != moment.AnswerBefore
            ? $"a restart changed the answer from cluster {moment.AnswerBefore} to {moment.Answer}"
            : null;
    }
}
