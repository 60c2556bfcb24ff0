using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>How many replicas the new and the old ReplicaSets of a Deployment may have next. Pure.</summary>
internal static class RollingUpdate
{
    private static readonly IntOrString Default = "25%";

    /// <summary>Resolves percentages: surge rounds up, unavailable down; both zero means one unavailable.</summary>
    public static (int Surge, int Unavailable) Bounds(IntOrString? maxSurge, IntOrString? maxUnavailable, int replicas)
    {
        var surge = Percentages.Resolve(maxSurge ?? Default, replicas, roundUp: true);
        var unavailable = Percentages.Resolve(maxUnavailable ?? Default, replicas, roundUp: false);
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, unavailable);
    }

    /// <summary>The new set's replicas: as many as the surge leaves room for.</summary>
    public static int ScaleUp(int wanted, int newReplicas, int allReplicas, int surge)
    {
        if (newReplicas >= wanted)
            return wanted;
        var room = wanted + surge - allReplicas;
        return room <= 0 ? newReplicas : Math.Min(wanted, newReplicas + room);
    }

    /// <summary>
    /// The old sets' replicas: first the pods that do not work go, then as many as can go without falling below what must
    /// be available.
    /// </summary>
    /// <param name="wanted">The Deployment's replicas.</param>
    /// <param name="unavailable">How many of them may be missing.</param>
    /// <param name="newReplicas">The new set's replicas in its specification.</param>
    /// <param name="newAvailable">The new set's available pods.</param>
    /// <param name="old">The old sets, oldest first: replicas and available pods.</param>
    public static IReadOnlyList<int> ScaleDown(
        int wanted, int unavailable, int newReplicas, int newAvailable, IReadOnlyList<(int Replicas, int Available)> old)
    {
        var result = old.Select(o => o.Replicas).ToArray();
        var mustBeAvailable = Math.Max(0, wanted - unavailable);

        // Pods of the new set that are not available yet count against what may go.
        var budget = newReplicas + result.Sum() - mustBeAvailable - (newReplicas - newAvailable);
        for (var i = 0; i < result.Length && budget > 0; i++)
        {
            var broken = Math.Min(budget, Math.Max(0, old[i].Replicas - old[i].Available));
            result[i] -= broken;
            budget -= broken;
        }

        var spare = newAvailable + old.Sum(o => Math.Min(o.Available, o.Replicas)) - mustBeAvailable;
        for (var i = 0; i < result.Length && spare > 0; i++)
        {
            var gone = Math.Min(spare, result[i]);
            result[i] -= gone;
            spare -= gone;
        }

        return result;
    }
}
