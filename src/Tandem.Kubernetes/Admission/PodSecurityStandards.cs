using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Admission;

/// <summary>The checks of https://kubernetes.io/docs/concepts/security/pod-security-standards/, worded as the real ones.</summary>
internal static class PodSecurityStandards
{
    private static readonly string[] BaselineCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly string[] SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    ];

    private static readonly string[] SeLinuxTypes = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    private static readonly string[] RestrictedVolumes =
        ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    public static IEnumerable<string> Baseline(JsonObject? metadata, JsonObject spec)
    {
        var host = new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(f => spec.Flag(f)).ToList();
        if (host.Count > 0)
            yield return $"host namespaces ({string.Join(", ", host.Select(h => $"{h}=true"))})";
        if (Named(spec, c => c.Flag("securityContext", "privileged")) is { } privileged)
            yield return $"privileged ({privileged} must not set securityContext.privileged=true)";
        if (Named(spec, c => c.Texts("securityContext", "capabilities", "add").Except(BaselineCapabilities).Any()) is { } added)
            yield return $"non-default capabilities ({added} must not include non-default capabilities in securityContext.capabilities.add)";
        var paths = spec.Items("volumes").Where(v => v.Child("hostPath") is not null).Select(v => $"\"{v.Text("name")}\"").ToList();
        if (paths.Count > 0)
            yield return $"hostPath volumes (volume{(paths.Count > 1 ? "s" : "")} {string.Join(", ", paths)})";
        var ports = Containers(spec).SelectMany(c => c.Items("ports")).Select(p => p.Number("hostPort") ?? 0).Where(p => p > 0).ToList();
        if (ports.Count > 0)
            yield return $"hostPort ({string.Join(", ", ports)})";
        if (Named(spec, c => c.Text("securityContext", "procMount") is { } m and not "Default") is { } mount)
            yield return $"procMount ({mount} must not set securityContext.procMount)";
        var profiles = Seccomp(spec).Where(t => t.Type == "Unconfined").Select(t => t.Where).ToList();
        if (profiles.Count > 0)
            yield return $"seccompProfile ({string.Join(", ", profiles)} must not set securityContext.seccompProfile.type to \"Unconfined\")";
        var sysctls = spec.Items("securityContext", "sysctls").Select(s => s.Text("name") ?? "").Except(SafeSysctls).ToList();
        if (sysctls.Count > 0)
            yield return $"forbidden sysctls ({string.Join(", ", sysctls)})";
        if ((metadata.Child("annotations") ?? []).Any(a => a.Key.StartsWith("container.apparmor.security.beta.kubernetes.io/", StringComparison.Ordinal) && (string?)a.Value == "unconfined"))
            yield return "forbidden AppArmor profile (unconfined)";
        if (spec.Text("securityContext", "appArmorProfile", "type") == "Unconfined" || Named(spec, c => c.Text("securityContext", "appArmorProfile", "type") == "Unconfined") is not null)
            yield return "appArmorProfile (pod or containers must not set securityContext.appArmorProfile.type to \"Unconfined\")";
        if (SeLinux(spec).Any(o => o.Text("type") is { Length: > 0 } type && !SeLinuxTypes.Contains(type) || o.Text("user") is { Length: > 0 } || o.Text("role") is { Length: > 0 }))
            yield return "seLinuxOptions (pod or containers set forbidden securityContext.seLinuxOptions)";
        if (spec.Flag("securityContext", "windowsOptions", "hostProcess") || Named(spec, c => c.Flag("securityContext", "windowsOptions", "hostProcess")) is not null)
            yield return "hostProcess (pod or containers must not set securityContext.windowsOptions.hostProcess=true)";
        if (Named(spec, c => ProbeHosts(c).Any()) is { } probed)
        {
            var hosts = Containers(spec).SelectMany(ProbeHosts).Distinct().Order(StringComparer.Ordinal).ToList();
            yield return $"probe or lifecycle host ({probed} {(probed.StartsWith("containers", StringComparison.Ordinal) ? "use" : "uses")} probe or lifecycle host{(hosts.Count > 1 ? "s" : "")} {string.Join(", ", hosts.Select(h => $"\"{h}\""))})";
        }
    }

    public static IEnumerable<string> Restricted(JsonObject spec)
    {
        if (Named(spec, c => c.At("securityContext", "allowPrivilegeEscalation") is not { } e || (bool)e) is { } escalating)
            yield return $"allowPrivilegeEscalation != false ({escalating} must set securityContext.allowPrivilegeEscalation=false)";
        if (Named(spec, c => !c.Texts("securityContext", "capabilities", "drop").Contains("ALL")) is { } keeping)
            yield return $"unrestricted capabilities ({keeping} must set securityContext.capabilities.drop=[\"ALL\"])";
        else if (Named(spec, c => c.Texts("securityContext", "capabilities", "add").Except(["NET_BIND_SERVICE"]).Any()) is { } adding)
            yield return $"unrestricted capabilities ({adding} must not include non-default capabilities in securityContext.capabilities.add)";
        var volumes = spec.Items("volumes").Where(v => !v.Any(f => RestrictedVolumes.Contains(f.Key))).Select(v => $"\"{v.Text("name")}\"").ToList();
        if (volumes.Count > 0)
            yield return $"restricted volume types (volumes {string.Join(", ", volumes)} use restricted volume types)";
        var podNonRoot = spec.Flag("securityContext", "runAsNonRoot");
        if (Named(spec, c => c.At("securityContext", "runAsNonRoot") is { } own ? !(bool)own : !podNonRoot) is { } root)
            yield return $"runAsNonRoot != true (pod or {root} must set securityContext.runAsNonRoot=true)";
        if (spec.Number("securityContext", "runAsUser") == 0)
            yield return "runAsUser=0 (pod must not set runAsUser=0)";
        if (Named(spec, c => c.Number("securityContext", "runAsUser") == 0) is { } zero)
            yield return $"runAsUser=0 ({zero} must not set runAsUser=0)";
        var podProfile = spec.Text("securityContext", "seccompProfile", "type");
        if (Named(spec, c => (c.Text("securityContext", "seccompProfile", "type") ?? podProfile) is not ("RuntimeDefault" or "Localhost")) is { } unconfined)
            yield return $"seccompProfile (pod or {unconfined} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")";
    }

    private static IEnumerable<JsonObject> SeLinux(JsonObject spec) =>
        Containers(spec).Prepend(spec).Select(c => c.Child("securityContext", "seLinuxOptions")).OfType<JsonObject>();

    private static IEnumerable<string> ProbeHosts(JsonObject container) =>
        new[] { "livenessProbe", "readinessProbe", "startupProbe" }.Select(p => container.Child(p))
            .Concat(new[] { "postStart", "preStop" }.Select(h => container.Child("lifecycle", h)))
            .SelectMany(p => new[] { p.Text("httpGet", "host"), p.Text("tcpSocket", "host") })
            .OfType<string>().Where(h => h.Length > 0);

    private static IEnumerable<JsonObject> Containers(JsonObject spec) => spec.Items("initContainers").Concat(spec.Items("containers")).Concat(spec.Items("ephemeralContainers"));

    private static IEnumerable<(string Where, string? Type)> Seccomp(JsonObject spec) =>
        Containers(spec).Select(c => ($"container \"{c.Text("name")}\"", c.Text("securityContext", "seccompProfile", "type")))
            .Prepend(("pod", spec.Text("securityContext", "seccompProfile", "type")));

    /// <summary>The containers that a condition holds for, named; null for none.</summary>
    private static string? Named(JsonObject spec, Func<JsonObject, bool> condition)
    {
        var names = Containers(spec).Where(condition).Select(c => $"\"{c.Text("name")}\"").ToList();
        return names.Count == 0 ? null : names.Count == 1 ? $"container {names[0]}" : $"containers {string.Join(", ", names)}";
    }
}
