using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Checks;

/// <summary>Each cluster's ingress answers every path of the release, and both answer alike.</summary>
internal static class IngressCheck
{
    private const string Mend = "ask the path of each cluster's ingress, and see the logs of the ingress controller and of the Service's pods";

    public static IEnumerable<Finding> Of(ParityView view)
    {
        foreach (var cluster in view.Seen)
            foreach (var answer in cluster.Ingress ?? [])
                if (answer.Trouble is { } trouble)
                    yield return new Finding("no-answer", cluster.Weight, cluster.Name, Name(answer), trouble, Mend);
        foreach (var (hot, standby) in view.Pair)
        {
            var others = (hot.Ingress ?? []).Where(a => a.Trouble is null).ToLookup(a => a.Path, a => a.Status);
            foreach (var answer in (standby.Ingress ?? []).Where(a => a.Trouble is null))
                if (others[answer.Path].Any() && others[answer.Path].First() is { } status && status != answer.Status)
                    yield return new Finding(
                        "answer-differs", standby.Weight, standby.Name, Name(answer), $"it answers with {answer.Status}, and the hot cluster with {status}", Mend);
        }
    }

    private static string Name(IngressAnswer answer) => $"Ingress {answer.Path.Namespace}/{answer.Path.Ingress} {answer.Path}";
}
