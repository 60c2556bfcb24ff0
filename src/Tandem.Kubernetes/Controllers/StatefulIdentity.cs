using System.Globalization;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>What belongs to one ordinal of a StatefulSet: its pod and its claims. Pure.</summary>
internal static class StatefulIdentity
{
    public static V1Pod PodFor(V1StatefulSet set, V1PodTemplateSpec template, int ordinal, string revision)
    {
        var pod = PodTemplates.Pod(template, set);
        var name = $"{set.Metadata.Name}-{ordinal.ToString(CultureInfo.InvariantCulture)}";
        pod.Metadata.GenerateName = set.Metadata.Name + "-";
        pod.Metadata.Name = name;
        pod.Metadata.Labels ??= new Dictionary<string, string>();
        pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"] = name;
        pod.Metadata.Labels["apps.kubernetes.io/pod-index"] = ordinal.ToString(CultureInfo.InvariantCulture);
        pod.Metadata.Labels[StatefulPods.RevisionLabel] = revision;
        pod.Spec.Hostname = name;
        pod.Spec.Subdomain = set.Spec.ServiceName;
        var claims = (set.Spec.VolumeClaimTemplates ?? []).Select(t => t.Metadata.Name).ToHashSet();
        if (claims.Count > 0)
            pod.Spec.Volumes =
            [
                .. claims.Select(c => new V1Volume
                {
                    Name = c, PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = ClaimName(set, c, ordinal), ReadOnlyProperty = false },
                }),
                .. (pod.Spec.Volumes ?? []).Where(v => !claims.Contains(v.Name)),
            ];
        return pod;
    }

    public static IEnumerable<V1PersistentVolumeClaim> ClaimsFor(V1StatefulSet set, int ordinal)
    {
        foreach (var template in set.Spec.VolumeClaimTemplates ?? [])
        {
            var claim = KubernetesJson.Deserialize<V1PersistentVolumeClaim>(KubernetesJson.Serialize(template));
            claim.Metadata.Name = ClaimName(set, template.Metadata.Name, ordinal);
            claim.Metadata.NamespaceProperty = set.Metadata.NamespaceProperty;
            var labels = new Dictionary<string, string>(claim.Metadata.Labels ?? new Dictionary<string, string>());
            foreach (var (key, value) in set.Spec.Selector.MatchLabels ?? new Dictionary<string, string>())
                labels[key] = value;
            claim.Metadata.Labels = labels;
            claim.Metadata.OwnerReferences = set.Spec.PersistentVolumeClaimRetentionPolicy?.WhenDeleted == "Delete" ? [PodTemplates.Reference(set)] : null;
            claim.Status = null;
            yield return claim;
        }
    }

    /// <summary>Whom a claim goes with: the set where it is to be deleted with it, a pod that is scaled away, or nobody.</summary>
    public static IList<V1OwnerReference> ClaimOwners(V1StatefulSet set, V1Pod pod, IEnumerable<V1OwnerReference> present)
    {
        var policy = set.Spec.PersistentVolumeClaimRetentionPolicy;
        var start = set.Spec.Ordinals?.Start ?? 0;
        var ordinal = StatefulPods.OrdinalOf(set.Metadata.Name, pod.Metadata.Name);
        var condemned = ordinal < start || ordinal >= start + (set.Spec.Replicas ?? 1);
        var owners = present.Where(o => o.Uid != set.Metadata.Uid && o.Uid != pod.Metadata.Uid).ToList();
        if (policy?.WhenScaled == "Delete" && condemned)
            owners.Add(new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid });
        else if (policy?.WhenDeleted == "Delete")
            owners.Add(PodTemplates.Reference(set));
        return owners;
    }

    private static string ClaimName(V1StatefulSet set, string template, int ordinal) =>
        $"{template}-{set.Metadata.Name}-{ordinal.ToString(CultureInfo.InvariantCulture)}";
}
