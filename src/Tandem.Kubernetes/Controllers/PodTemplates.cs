using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Pods from templates, and whether two templates are the same.</summary>
internal static class PodTemplates
{
    public const string HashLabel = "pod-template-hash";

    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A short name for a template: equal templates, equal names.</summary>
    public static string Hash(V1PodTemplateSpec template, int collisions)
    {
        // FNV-1a, as kube-controller-manager: the hash only has to differ, not to resist anybody.
        var hash = 2166136261u;
        foreach (var c in Canonical(template) + (collisions > 0 ? collisions : ""))
            hash = (hash ^ c) * 16777619;
        return string.Concat(hash.ToString(System.Globalization.CultureInfo.InvariantCulture).Select(d => Alphabet[d % Alphabet.Length]));
    }

    /// <summary>Equal but for the label that the deployment controller adds.</summary>
    public static bool Same(V1PodTemplateSpec a, V1PodTemplateSpec b) => Canonical(a) == Canonical(b);

    public static V1Pod Pod(V1PodTemplateSpec template, IKubernetesObject<V1ObjectMeta> owner)
    {
        var copy = KubernetesJson.Deserialize<V1PodTemplateSpec>(KubernetesJson.Serialize(template));
        return new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                GenerateName = owner.Metadata.Name + "-",
                NamespaceProperty = owner.Metadata.NamespaceProperty,
                Labels = copy.Metadata?.Labels,
                Annotations = copy.Metadata?.Annotations,
                Finalizers = copy.Metadata?.Finalizers,
                OwnerReferences = [Reference(owner)],
            },
            Spec = copy.Spec,
        };
    }

    public static V1OwnerReference Reference(IKubernetesObject<V1ObjectMeta> owner) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    /// <summary>Makes an owner the controller of a pod that has none.</summary>
    public static Task<V1Pod> AdoptAsync(IKubernetes client, V1Pod pod, IKubernetesObject<V1ObjectMeta> owner, CancellationToken cancellationToken)
    {
        var patch = new { metadata = new { uid = pod.Metadata.Uid, ownerReferences = new[] { Reference(owner) } } };
        return client.CoreV1.PatchNamespacedPodAsync(
            new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.StrategicMergePatch), pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private static string Canonical(V1PodTemplateSpec template)
    {
        var value = JsonNode.Parse(KubernetesJson.Serialize(template))!.AsObject();
        value.Child("metadata", "labels")?.Remove(HashLabel);
        var sorted = Sorted(value);
        return sorted!.ToJsonString();
    }

    private static JsonNode? Sorted(JsonNode? value) => value switch
    {
        JsonObject o => new JsonObject(o.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        { } v when v.GetValueKind() != JsonValueKind.Null => v.DeepClone(),
        _ => null,
    };
}
