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

    /// <summary>The pods that an owner controls. Those that its selector matches and nobody controls become its own.</summary>
    /// <param name="client">The API.</param>
    /// <param name="owner">The owner, with its kind and version.</param>
    /// <param name="selector">Its selector.</param>
    /// <param name="mayAdopt">Which more of the active pods it may take; null for any.</param>
    /// <param name="cancellationToken">The process is stopping.</param>
    public static async Task<List<V1Pod>> OwnAsync(
        IKubernetes client, IKubernetesObject<V1ObjectMeta> owner, V1LabelSelector selector, Func<V1Pod, bool>? mayAdopt, CancellationToken cancellationToken)
    {
        var own = new List<V1Pod>();
        var listed = await client.CoreV1.ListNamespacedPodAsync(owner.Metadata.NamespaceProperty, labelSelector: selector.ToQuery(), cancellationToken: cancellationToken);
        foreach (var pod in listed.Items)
        {
            if (pod.Metadata.IsControlledBy(owner.Metadata))
                own.Add(pod);
            else if (pod.Metadata.Controller() is null && owner.Metadata.DeletionTimestamp is null && pod.IsActive() && mayAdopt?.Invoke(pod) != false)
                own.Add(await AdoptAsync(client, pod, owner, cancellationToken));
        }

        return own;
    }

    /// <summary>Makes an owner the controller of a pod that has none.</summary>
    private static Task<V1Pod> AdoptAsync(IKubernetes client, V1Pod pod, IKubernetesObject<V1ObjectMeta> owner, CancellationToken cancellationToken)
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
