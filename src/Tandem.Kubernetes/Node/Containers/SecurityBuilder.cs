using k8s.Models;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Images;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>Security contexts of pods and containers, as the runtime wants them.</summary>
internal static class SecurityBuilder
{
    // The kubelet's own lists for procMount: Default.
    private static readonly string[] Masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static LinuxSandboxSecurityContext ForSandbox(V1Pod pod)
    {
        var context = pod.Spec.SecurityContext;
        var result = new LinuxSandboxSecurityContext
        {
            NamespaceOptions = Namespaces(pod),
            Privileged = pod.Spec.Containers.Concat(pod.InitContainers()).Any(c => c.SecurityContext?.Privileged == true),
            Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
            RunAsUser = Value(context?.RunAsUser),
            RunAsGroup = context?.RunAsUser is null ? null : Value(context.RunAsGroup),
        };
        result.SupplementalGroups.AddRange(Groups(context));
        return result;
    }

    /// <exception cref="ContainerConfigException">The container must not run as root, and would or might.</exception>
    public static LinuxContainerSecurityContext ForContainer(V1Pod pod, V1Container container, ImageInfo image, string seccompProfiles)
    {
        VerifyNonRoot(pod, container, image);
        var own = container.SecurityContext;
        var shared = pod.Spec.SecurityContext;
        var user = own?.RunAsUser ?? shared?.RunAsUser ?? image.Uid;
        var result = new LinuxContainerSecurityContext
        {
            Privileged = own?.Privileged == true,
            NamespaceOptions = Namespaces(pod),
            RunAsUser = Value(user),
            RunAsUsername = user is null ? image.Username : "",
            RunAsGroup = Value(own?.RunAsGroup ?? shared?.RunAsGroup),
            ReadonlyRootfs = own?.ReadOnlyRootFilesystem == true,
            NoNewPrivs = own?.AllowPrivilegeEscalation == false,
            Seccomp = Seccomp(own?.SeccompProfile ?? shared?.SeccompProfile, seccompProfiles),
            Apparmor = AppArmor(own?.AppArmorProfile ?? shared?.AppArmorProfile),
        };
        if (own?.Capabilities is { } capabilities)
        {
            result.Capabilities = new Capability();
            result.Capabilities.AddCapabilities.AddRange(capabilities.Add ?? []);
            result.Capabilities.DropCapabilities.AddRange(capabilities.Drop ?? []);
        }

        result.SupplementalGroups.AddRange(Groups(shared));
        if (own?.ProcMount != "Unmasked")
        {
            result.MaskedPaths.AddRange(Masked);
            result.ReadonlyPaths.AddRange(ReadOnly);
        }

        return result;
    }

    public static NamespaceOption Namespaces(V1Pod pod) => new()
    {
        Network = pod.UsesHostNetwork() ? NamespaceMode.Node : NamespaceMode.Pod,
        Pid = pod.Spec.HostPID == true ? NamespaceMode.Node
            : pod.Spec.ShareProcessNamespace == true ? NamespaceMode.Pod : NamespaceMode.Container,
        Ipc = pod.Spec.HostIPC == true ? NamespaceMode.Node : NamespaceMode.Pod,
    };

    private static void VerifyNonRoot(V1Pod pod, V1Container container, ImageInfo image)
    {
        if ((container.SecurityContext?.RunAsNonRoot ?? pod.Spec.SecurityContext?.RunAsNonRoot) != true)
            return;
        var where = $"(pod: \"{pod.Ref()}\", container: {container.Name})";
        if ((container.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser) is { } user)
        {
            if (user == 0)
                throw new ContainerConfigException($"container's runAsUser breaks non-root policy {where}");
            return;
        }

        if (image.Uid is null && image.Username.Length > 0)
        {
            throw new ContainerConfigException(
                $"container has runAsNonRoot and image has non-numeric user ({image.Username}), cannot verify user is non-root {where}");
        }

        if (image.Uid is null or 0)
            throw new ContainerConfigException($"container has runAsNonRoot and image will run as root {where}");
    }

    private static SecurityProfile Seccomp(V1SeccompProfile? profile, string profiles) => profile?.Type switch
    {
        "RuntimeDefault" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
        null or "Unconfined" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined },
        "Localhost" => new SecurityProfile
        {
            ProfileType = SecurityProfile.Types.ProfileType.Localhost,
            LocalhostRef = Path.Combine(profiles, profile.LocalhostProfile ?? ""),
        },
        var other => throw new ContainerConfigException($"unknown seccomp profile type: {other}"),
    };

    private static SecurityProfile? AppArmor(V1AppArmorProfile? profile) => profile?.Type switch
    {
        null => null,
        "RuntimeDefault" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
        "Unconfined" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined },
        "Localhost" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = profile.LocalhostProfile ?? "" },
        var other => throw new ContainerConfigException($"unknown AppArmor profile type: {other}"),
    };

    private static IEnumerable<long> Groups(V1PodSecurityContext? context)
    {
        foreach (var group in context?.SupplementalGroups ?? [])
        {
            if (group is { } id)
                yield return id;
        }

        if (context?.FsGroup is { } fsGroup)
            yield return fsGroup;
    }

    private static Int64Value? Value(long? value) => value is { } v ? new Int64Value { Value = v } : null;
}
