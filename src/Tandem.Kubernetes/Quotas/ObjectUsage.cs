using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Quotas;

/// <summary>What one object of any kind uses. Pure. See https://kubernetes.io/docs/concepts/policy/resource-quotas/.</summary>
internal static class ObjectUsage
{
    private const string StorageClass = ".storageclass.storage.k8s.io/";

    private static readonly string[] PodNames = ["pods", "cpu", "memory", "ephemeral-storage"];
    private static readonly string[] Counted = ["configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services"];

    /// <summary>The name under which a kind's objects are counted.</summary>
    public static string CountName(string group, string plural) => group.Length == 0 ? $"count/{plural}" : $"count/{plural}.{group}";

    /// <summary>Whether a name in a quota is about a kind.</summary>
    public static bool Tracks(string group, string plural, string name) => name == CountName(group, plural) || (group.Length == 0 && plural switch
    {
        "pods" => PodNames.Contains(name)
            || name.StartsWith("limits.", StringComparison.Ordinal)
            || name.StartsWith("hugepages-", StringComparison.Ordinal)
            || (name.StartsWith("requests.", StringComparison.Ordinal) && name != "requests.storage"),
        "services" => name is "services" or "services.nodeports" or "services.loadbalancers",
        "persistentvolumeclaims" => name is "persistentvolumeclaims" or "requests.storage" || name.Contains(StorageClass, StringComparison.Ordinal),
        _ => name == plural && Counted.Contains(plural),
    });

    public static Usage Of(string group, string plural, JsonObject value, DateTimeOffset now)
    {
        var usage = new Usage { [CountName(group, plural)] = Amount.One };
        if (group.Length > 0)
            return usage;
        if (Counted.Contains(plural))
            usage[plural] = Amount.One;
        if (plural == "pods" && PodUsage.IsCounted(value, now) && value.Child("spec") is { } spec)
            usage.Add(PodUsage.Compute(PodUsage.Total(spec, "requests"), PodUsage.Total(spec, "limits")));
        else if (plural == "services")
            Service(value, usage);
        else if (plural == "persistentvolumeclaims")
            Claim(value, usage);
        return usage;
    }

    private static void Service(JsonObject service, Usage usage)
    {
        var type = service.Text("spec", "type");
        var ports = service.Items("spec", "ports").ToList();
        if (type == "LoadBalancer" && service.At("spec", "allocateLoadBalancerNodePorts") is not null && !service.Flag("spec", "allocateLoadBalancerNodePorts"))
            ports.RemoveAll(p => p.Number("nodePort") is null or 0);
        usage["services.nodeports"] = new Amount(type is "NodePort" or "LoadBalancer" ? ports.Count : 0, AmountFormat.Decimal);
        usage["services.loadbalancers"] = new Amount(type == "LoadBalancer" ? 1 : 0, AmountFormat.Decimal);
    }

    private static void Claim(JsonObject claim, Usage usage)
    {
        var @class = claim.Text("spec", "storageClassName");
        if (!string.IsNullOrEmpty(@class))
            usage[@class + StorageClass + "persistentvolumeclaims"] = Amount.One;
        if (Amount.Parse(claim.At("spec", "resources", "requests", "storage")) is not { } storage)
            return;
        usage["requests.storage"] = storage;
        if (!string.IsNullOrEmpty(@class))
            usage[@class + StorageClass + "requests.storage"] = storage;
    }
}
