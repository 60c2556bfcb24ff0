using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Node.Admission;

public sealed class PodAdmissionTests
{
    [Theory]
    [InlineData("os: { name: windows }", "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS")]
    [InlineData("securityContext: { supplementalGroupsPolicy: Strict }", "SupplementalGroupsPolicyNotSupported", "SupplementalGroupsPolicy=Strict is not supported in this node")]
    [InlineData("securityContext: { appArmorProfile: { type: RuntimeDefault } }", "AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host")]
    [InlineData("securityContext: { seLinuxOptions: { level: s0 } }", "SELinux", "Cannot enforce SELinux options: SELinux is not enabled on the host")]
    [InlineData("securityContext: { windowsOptions: { runAsUserName: x } }", "WindowsOptions", "Cannot enforce Windows options: the node's OS is linux")]
    [InlineData("securityContext: { sysctls: [ { name: kernel/msgmax, value: '1' } ] }", "SysctlForbidden", "forbidden sysctl: \"kernel.msgmax\" not allowlisted")]
    [InlineData("hostNetwork: true, securityContext: { sysctls: [ { name: net.ipv4.tcp_syncookies, value: '1' } ] }", "SysctlForbidden", "forbidden sysctl: \"net.ipv4.tcp_syncookies\" not allowed with host net enabled")]
    [InlineData("hostIPC: true, securityContext: { sysctls: [ { name: kernel.shm_rmid_forced, value: '1' } ] }", "SysctlForbidden", "forbidden sysctl: \"kernel.shm_rmid_forced\" not allowed with host ipc enabled")]
    public void Check_WhatTheNodeCannotDo_IsRefused(string spec, string reason, string message) =>
        Assert.Equal(new PodVerdict(reason, message), PodAdmission.Check(PodRuns.Script("p", "id", spec: spec + ","), appArmor: false));

    [Theory]
    [InlineData("appArmorProfile: { type: Localhost, localhostProfile: x }", "AppArmor")]
    [InlineData("seLinuxOptions: { type: spc_t }", "SELinux")]
    [InlineData("windowsOptions: { hostProcess: true }", "WindowsOptions")]
    public void Check_OfAContainer_IsRefusedToo(string context, string reason) =>
        Assert.Equal(reason, PodAdmission.Check(PodRuns.Script("p", "id", $"securityContext: {{ {context} }}"), appArmor: false)?.Reason);

    [Theory]
    [InlineData("os: { name: linux }")]
    [InlineData("securityContext: { appArmorProfile: { type: Unconfined }, supplementalGroupsPolicy: Merge, sysctls: [ { name: net.ipv4.ping_group_range, value: '0 0' } ] }")]
    public void Check_WhatTheNodeCanDo_IsAdmitted(string spec) =>
        Assert.Null(PodAdmission.Check(PodRuns.Script("p", "id", spec: spec + ","), appArmor: false));

    [Fact]
    public void Check_AppArmorWhereTheKernelHasIt_IsAdmitted() =>
        Assert.Null(PodAdmission.Check(PodRuns.Script("p", "id", spec: "securityContext: { appArmorProfile: { type: RuntimeDefault } },"), appArmor: true));

    [Fact]
    public void Check_AppArmorByTheOldAnnotation_IsRefusedToo()
    {
        var pod = PodRuns.Script("p", "id");
        pod.Metadata.Annotations = new Dictionary<string, string> { ["container.apparmor.security.beta.kubernetes.io/c"] = "runtime/default" };

        Assert.Equal("AppArmor", PodAdmission.Check(pod, appArmor: false)?.Reason);
    }

    [Theory]
    [InlineData("kernel.shm_rmid_forced", "kernel.shm_rmid_forced")]
    [InlineData("net/ipv4/tcp_syncookies", "net.ipv4.tcp_syncookies")]
    [InlineData("net/ipv4/conf/eth0.1/forwarding", "net.ipv4.conf.eth0/1.forwarding")]
    [InlineData("net.ipv4.conf.eth0/1.forwarding", "net.ipv4.conf.eth0/1.forwarding")]
    public void Dotted_OfEitherForm_IsTheDottedOne(string name, string expected) => Assert.Equal(expected, SysctlAllowlist.Dotted(name));
}
