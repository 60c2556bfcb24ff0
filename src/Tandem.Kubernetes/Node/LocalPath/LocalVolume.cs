using k8s.Models;

namespace Tandem.Kubernetes.Node.LocalPath;

/// <summary>The volume that is made for a claim. Pure.</summary>
internal static class LocalVolume
{
    /// <summary>The class's provisioner.</summary>
    public const string Provisioner = "tandem.dev/local-path";

    public static string NameFor(V1PersistentVolumeClaim claim) => $"pvc-{claim.Metadata.Uid}";

    /// <summary>A folder of the node: only that node reaches it.</summary>
    public static V1PersistentVolume For(V1PersistentVolumeClaim claim, V1StorageClass storageClass, string node, string folder) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = NameFor(claim),
            Annotations = new Dictionary<string, string> { [Controllers.Volumes.VolumeAnnotations.ProvisionedBy] = Provisioner },
        },
        Spec = new V1PersistentVolumeSpec
        {
            AccessModes = claim.Spec.AccessModes,
            Capacity = new Dictionary<string, ResourceQuantity> { ["storage"] = claim.Spec.Resources.Requests["storage"] },
            ClaimRef = new V1ObjectReference
            {
                ApiVersion = "v1", Kind = "PersistentVolumeClaim", Name = claim.Metadata.Name, NamespaceProperty = claim.Metadata.NamespaceProperty,
                Uid = claim.Metadata.Uid, ResourceVersion = claim.Metadata.ResourceVersion,
            },
            Local = new V1LocalVolumeSource { Path = folder },
            NodeAffinity = new V1VolumeNodeAffinity
            {
                Required = new V1NodeSelector
                {
                    NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = "kubernetes.io/hostname", OperatorProperty = "In", Values = [node] }] }],
                },
            },
            PersistentVolumeReclaimPolicy = storageClass.ReclaimPolicy,
            StorageClassName = storageClass.Metadata.Name,
            VolumeMode = "Filesystem",
        },
    };
}
