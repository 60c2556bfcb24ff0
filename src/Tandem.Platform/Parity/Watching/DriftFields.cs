using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Watching;

/// <summary>Asks a cluster which fields of a drifted object differ: what applying the release again would change. Changes nothing.</summary>
/// <param name="clusters">Both clusters.</param>
/// <param name="platform">The platform's name.</param>
public sealed class DriftFields(IReadOnlyList<Cluster> clusters, string platform)
{
    /// <summary>Objects that are asked about; whoever has more has other things to look at than fields.</summary>
    private const int Most = 20;

    private readonly ApplySet _set = new(platform);

    /// <summary>The verdict with the fields of drifted objects.</summary>
    /// <exception cref="ClusterException">A cluster refused or cannot be reached.</exception>
    public async Task<Verdict> AddAsync(Verdict verdict, Release? current, CancellationToken cancellationToken)
    {
        if (current is null)
            return verdict;
        var findings = verdict.Findings.ToList();
        foreach (var cluster in clusters)
        {
            var drifted = findings.Where(f => f.Code == "drifted" && f.Cluster == cluster.Name).Take(Most).ToList();
            if (drifted.Count == 0)
                continue;
            var objects = await new ReleaseStore(cluster, platform).ObjectsAsync(current.Number, cancellationToken);
            var members = (await new ClusterPlanner(cluster, _set).WantedAsync(new ReleaseObjects(objects, current.Images).For(cluster.Name), cancellationToken))
                .ToLookup(m => ObjectReference.Of(m).ToString());
            foreach (var finding in drifted)
                if (members[finding.Object!].FirstOrDefault() is { } member && await cluster.GetAsync(ObjectReference.Of(member), cancellationToken) is { } live)
                    findings[findings.IndexOf(finding)] = finding with { Fields = ObjectDiff.Of(live, await cluster.ApplyAsync(member, cancellationToken, dryRun: true)) };
        }

        return verdict with { Findings = findings };
    }
}
