using Tandem.Platform.Parity.Wanted;

namespace Tandem.Platform.Parity.Watching;

/// <summary>What has to be watched in a cluster to judge a release there. Pure.</summary>
internal static class WatchedNames
{
    public static IReadOnlySet<WatchedName> Of(WantedRelease? wanted)
    {
        if (wanted is null)
            return new HashSet<WatchedName>();
        var names = wanted.Kinds.Select(k => new WatchedName(k.ApiVersion, k.Kind, null, Members: true)).ToHashSet();
        names.Add(new WatchedName("v1", "Pod", null, Members: false));
        names.Add(new WatchedName("v1", "Node", null, Members: false));
        foreach (var need in wanted.Needs.Select(n => (n.Key.Kind, n.Key.Namespace)).Distinct())
            names.Add(new WatchedName("v1", need.Kind, need.Namespace, Members: false));
        if (wanted.Kinds.Any(k => IsCustom(k.ApiVersion)))
            names.Add(new WatchedName("apiextensions.k8s.io/v1", "CustomResourceDefinition", null, Members: false));
        return names;
    }

    /// <summary>Kubernetes's own groups have no dot, or end in k8s.io.</summary>
    private static bool IsCustom(string apiVersion) =>
        apiVersion.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && apiVersion[..slash] is var group
        && group.Contains('.', StringComparison.Ordinal) && !group.EndsWith(".k8s.io", StringComparison.Ordinal);
}
