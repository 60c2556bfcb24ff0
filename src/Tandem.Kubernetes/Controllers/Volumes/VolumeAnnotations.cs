namespace Tandem.Kubernetes.Controllers.Volumes;

/// <summary>What binder, scheduler and provisioners tell each other. See
/// https://kubernetes.io/docs/reference/labels-annotations-taints/.</summary>
internal static class VolumeAnnotations
{
    /// <summary>On a claim: the binding is complete in both directions.</summary>
    public const string BindCompleted = "pv.kubernetes.io/bind-completed";

    /// <summary>On either: the binder chose the other side, not the user.</summary>
    public const string BoundByController = "pv.kubernetes.io/bound-by-controller";

    /// <summary>On a volume: who made it.</summary>
    public const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";

    /// <summary>On a claim: the node that its first pod shall run on.</summary>
    public const string SelectedNode = "volume.kubernetes.io/selected-node";

    /// <summary>On a claim: who shall make its volume.</summary>
    public const string Provisioner = "volume.kubernetes.io/storage-provisioner";

    /// <summary>The older name of the same.</summary>
    public const string OldProvisioner = "volume.beta.kubernetes.io/storage-provisioner";

    public static string? Annotation(this k8s.Models.V1ObjectMeta metadata, string name) =>
        metadata.Annotations?.TryGetValue(name, out var value) == true ? value : null;

    /// <returns>Whether it was another before.</returns>
    public static bool Annotate(this k8s.Models.V1ObjectMeta metadata, string name, string value)
    {
        if (metadata.Annotation(name) == value)
            return false;
        metadata.Annotations ??= new Dictionary<string, string>();
        metadata.Annotations[name] = value;
        return true;
    }
}
