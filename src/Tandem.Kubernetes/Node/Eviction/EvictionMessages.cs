using System.Globalization;
using System.Text;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Stats;
using Tandem.Kubernetes.Resources.Core;

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

    /// <summary>A number of bytes as a quantity in its canonical form.</summary>
    public static string Binary(long bytes) => new Amount(bytes, AmountFormat.Binary).ToString();

    private static string Text(Shortage shortage, long amount) => shortage.Resource == "inodes" ? amount.ToString(CultureInfo.InvariantCulture) : Binary(amount);
}
