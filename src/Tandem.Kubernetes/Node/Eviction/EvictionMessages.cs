using System.Globalization;
using System.Text;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Node.Eviction;

/// <summary>The kubelet's words for why a pod had to go. Pure.</summary>
internal static class EvictionMessages
{
    public static string Low(V1Pod pod, PodStats stats, Shortage shortage)
    {
        var text = new StringBuilder($"The node was low on resource: {shortage.Resource}. Threshold quantity: {Text(shortage, shortage.Threshold)}, available: {Text(shortage, shortage.Available)}. ");
        foreach (var container in stats.Containers)
        {
            var used = shortage.Resource switch
            {
                "memory" => container.Memory.WorkingSet,
                "ephemeral-storage" => container.Root.Bytes + container.Logs.Bytes,
                _ => 0,
            };
            var requests = pod.FindContainer(container.Name)?.Resources?.Requests;
            ResourceQuantity? request = null;
            requests?.TryGetValue(shortage.Resource, out request);
            if (used > (request?.ToDecimal() ?? 0))
                text.Append($"Container {container.Name} was using {Binary(used)}, request is {request?.ToString() ?? "0"}, has larger consumption of {shortage.Resource}. ");
        }

        return text.ToString();
    }

    public static string EmptyDir(string volume, ResourceQuantity limit) => $"Usage of EmptyDir volume \"{volume}\" exceeds the limit \"{limit}\". ";

    public static string Container(string name, ResourceQuantity limit) => $"Container {name} exceeded its local ephemeral storage limit \"{limit}\". ";

    public static string Pod(decimal limit) => $"Pod ephemeral local storage usage exceeds the total limit of containers {Binary((long)limit)}. ";

    /// <summary>A number of bytes as a quantity in its canonical form: the largest unit that it is a whole number of.</summary>
    public static string Binary(long bytes)
    {
        string[] units = ["", "Ki", "Mi", "Gi", "Ti"];
        var unit = 0;
        while (unit + 1 < units.Length && bytes != 0 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + units[unit];
    }

    private static string Text(Shortage shortage, long amount) => shortage.Resource == "inodes" ? amount.ToString(CultureInfo.InvariantCulture) : Binary(amount);
}
