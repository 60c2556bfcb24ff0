using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Admission;

/// <summary>
/// What this node cannot do for a pod, so that nothing a pod asks for is left out in silence. Asked once, before anything of
/// the pod is made; a pod that is refused has failed. Pure.
/// </summary>
internal static class PodAdmission
{
    private const string AppArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

    /// <param name="pod">A pod of which nothing runs yet.</param>
    /// <param name="appArmor">Whether the kernel has AppArmor.</param>
    /// <returns>Why it is refused, or null.</returns>
    public static PodVerdict? Check(V1Pod pod, bool appArmor)
    {
        if (pod.Spec.Os?.Name is { Length: > 0 } and not "linux")
            return new PodVerdict("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
        if (SysctlAllowlist.Check(pod) is { } forbidden)
            return forbidden;
        if (!appArmor && WantsAppArmor(pod))
            return new PodVerdict("AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host");
        if (pod.Spec.SecurityContext?.SupplementalGroupsPolicy == "Strict")
            return new PodVerdict("SupplementalGroupsPolicyNotSupported", "SupplementalGroupsPolicy=Strict is not supported in this node");

        // A kubelet would hand these to the runtime, which leaves them out; here nothing is left out.
        if (pod.Spec.SecurityContext?.SeLinuxOptions is not null || Containers(pod).Any(c => c.SecurityContext?.SeLinuxOptions is not null))
            return new PodVerdict("SELinux", "Cannot enforce SELinux options: SELinux is not enabled on the host");
        if (pod.Spec.SecurityContext?.WindowsOptions is not null || Containers(pod).Any(c => c.SecurityContext?.WindowsOptions is not null))
            return new PodVerdict("WindowsOptions", "Cannot enforce Windows options: the node's OS is linux");
        return null;
    }

    private static bool WantsAppArmor(V1Pod pod) =>
        Wants(pod.Spec.SecurityContext?.AppArmorProfile)
        || Containers(pod).Any(c => Wants(c.SecurityContext?.AppArmorProfile))
        || (pod.Metadata.Annotations ?? new Dictionary<string, string>()).Any(
            a => a.Key.StartsWith(AppArmorAnnotation, StringComparison.Ordinal) && a.Value is not ("" or "unconfined"));

    private static bool Wants(V1AppArmorProfile? profile) => profile is { Type: not "Unconfined" };

    private static IEnumerable<V1Container> Containers(V1Pod pod) => pod.Spec.Containers.Concat(pod.InitContainers());
}
