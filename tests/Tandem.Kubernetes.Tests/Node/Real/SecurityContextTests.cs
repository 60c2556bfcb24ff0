namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>Every field of the security contexts, as the kernel shows it to a real container.</summary>
public sealed class SecurityContextTests(ContainerdFixture node) : IClassFixture<ContainerdFixture>
{
    private const string Status = "/bin/busybox grep -E '^(CapBnd|CapEff|NoNewPrivs|Seccomp):' /proc/self/status | /bin/busybox tr -d '\\\\t'";

    [Fact]
    public async Task Identity_OfThePod_IsTheProcess() => Assert.Equal(
        ["uid=1000 gid=3000 groups=2000,3000,4000"],
        await node.RunAsync(PodRuns.Script("identity", "id", spec: "securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000], supplementalGroupsPolicy: Merge },")));

    [Fact]
    public async Task Identity_OfTheContainer_GoesBeforeThePods() => Assert.Equal(
        ["uid=1001 gid=3001 groups=3001"],
        await node.RunAsync(PodRuns.Script("own-identity", "id", "securityContext: { runAsUser: 1001, runAsGroup: 3001 }", "securityContext: { runAsUser: 1000, runAsGroup: 3000 },")));

    [Fact]
    public async Task Confined_Container_HasOneCapabilityNoNewPrivilegesAndAFilter() => Assert.Equal(
        ["CapEff:0000000000000400", "CapBnd:0000000000000400", "NoNewPrivs:1", "Seccomp:2", "touch: /x: Read-only file system"],
        await node.RunAsync(PodRuns.Script("confined", $"{Status}; touch /x", """
            securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] }, allowPrivilegeEscalation: false, seccompProfile: { type: RuntimeDefault }, readOnlyRootFilesystem: true }
            """)));

    [Fact]
    public async Task Seccomp_Unset_FiltersNothing() =>
        Assert.Contains("Seccomp:0", await node.RunAsync(PodRuns.Script("unfiltered", Status)));

    [Fact]
    public async Task Seccomp_Localhost_IsTheProfileOfTheNodesFolder()
    {
        var folder = Directory.CreateDirectory(Path.Combine(node.Options.StateDirectory, "seccomp")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "no-folders.json"), """
            { "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO" } ] }
            """);

        Assert.Equal(["mkdir: can't create directory '/d': Operation not permitted"], await node.RunAsync(PodRuns.Script(
            "localhost", "/bin/busybox mkdir /d", "securityContext: { seccompProfile: { type: Localhost, localhostProfile: no-folders.json } }")));
    }

    [Fact]
    public async Task Privileged_Container_HasWhatTheMachineHas()
    {
        var machine = (await File.ReadAllLinesAsync("/proc/self/status")).Single(l => l.StartsWith("CapBnd:", StringComparison.Ordinal)).Replace("\t", "", StringComparison.Ordinal);

        var found = await node.RunAsync(PodRuns.Script("privileged", $"{Status}; /bin/busybox grep ' /proc/sys ' /proc/mounts; ls /dev/kmsg", "securityContext: { privileged: true }"));

        Assert.Equal([machine.Replace("Bnd", "Eff", StringComparison.Ordinal), machine, "NoNewPrivs:0", "Seccomp:0", "/dev/kmsg"], found);
    }

    [Fact]
    public async Task ProcMount_Default_MasksAndProtects()
    {
        var found = await node.RunAsync(PodRuns.Script("masked", "echo 1 > /proc/sys/kernel/hostname; /bin/busybox wc -c < /proc/keys"));

        Assert.Equal(["sh: can't create /proc/sys/kernel/hostname: Read-only file system", "0"], found);
    }

    [Theory]
    [InlineData("net", "hostNetwork: true,")]
    [InlineData("pid", "hostPID: true,")]
    [InlineData("ipc", "hostIPC: true,")]
    public async Task HostNamespace_Shared_OnlyWhereAskedFor(string kind, string spec)
    {
        var host = kind == "net" ? NetworkOfTheNode() : new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;

        Assert.Equal([host], await node.RunAsync(PodRuns.Script($"host-{kind}", $"/bin/busybox readlink /proc/self/ns/{kind}", spec: spec)));
        Assert.NotEqual([host], await node.RunAsync(PodRuns.Script($"own-{kind}", $"/bin/busybox readlink /proc/self/ns/{kind}")));
    }

    [Fact]
    public async Task ShareProcessNamespace_Containers_SeeThePause() =>
        Assert.Contains(await node.RunAsync(PodRuns.Script("shared", "cat /proc/1/cmdline", spec: "shareProcessNamespace: true,")), l => l.Contains("2147483647", StringComparison.Ordinal));

    [Fact]
    public async Task Sysctl_Safe_IsSetInThePodsNamespace() => Assert.Equal(
        ["601", "0"],
        await node.RunAsync(PodRuns.Script("sysctl", "cat /proc/sys/net/ipv4/tcp_keepalive_time /proc/sys/kernel/shm_rmid_forced", spec: """
            securityContext: { sysctls: [ { name: net/ipv4/tcp_keepalive_time, value: "601" }, { name: kernel.shm_rmid_forced, value: "0" } ] },
            """)));

    [Fact]
    public async Task SetHostnameAsFqdn_IsTheKernelsHostname() => Assert.Equal(
        ["named.sub.default.svc.cluster.local"],
        await node.RunAsync(PodRuns.Script("fqdn", "cat /proc/sys/kernel/hostname", spec: "hostname: named, subdomain: sub, setHostnameAsFQDN: true,")));

    [Theory]
    [InlineData("root", "runAsNonRoot: true", "container has runAsNonRoot and image will run as root")]
    [InlineData("zero", "runAsNonRoot: true, runAsUser: 0", "container's runAsUser breaks non-root policy")]
    public async Task RunAsNonRoot_OfARootContainer_IsRefused(string name, string context, string message)
    {
        node.Api.Create(PodRuns.Script("nonroot-" + name, "id", $"securityContext: {{ {context} }}"));
        await node.UntilAsync("nonroot-" + name, s => s.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError");

        Assert.StartsWith(message, node.Api.Pod("nonroot-" + name)!.Status.ContainerStatuses[0].State.Waiting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostUsers_False_HasNoSandbox()
    {
        node.Api.Create(PodRuns.Script("users", "id", spec: "hostUsers: false,"));

        await Eventually.TrueAsync(
            () => Task.FromResult(node.Api.Told("users").Contains(
                "FailedCreatePodSandBox: Failed to create pod sandbox: can't set `spec.hostUsers: false`, runtime does not support user namespaces", StringComparison.Ordinal)),
            "it is told", () => node.Api.Told("users"));
    }

    [Fact]
    public async Task Refused_Pod_HasFailedAndNothingOfItIsMade()
    {
        var pod = node.Api.Create(PodRuns.Script("refused", "id", spec: """securityContext: { sysctls: [ { name: kernel.msgmax, value: "1" } ] },"""));
        await node.UntilAsync("refused", s => s.Phase == "Failed");

        var status = node.Api.Pod("refused")!.Status;
        Assert.Equal(("SysctlForbidden", "Pod was rejected: forbidden sysctl: \"kernel.msgmax\" not allowlisted"), (status.Reason, status.Message));
        Assert.Null(status.ContainerStatuses);
        Assert.Equal("SysctlForbidden: forbidden sysctl: \"kernel.msgmax\" not allowlisted\n", node.Api.Told("refused"));
        Assert.Equal(0, await node.SandboxesAsync(pod.Metadata.Uid));
    }

    [Fact]
    public async Task ActiveDeadline_Past_EndsThePod()
    {
        node.Api.Create(PodRuns.Script("late", "sleep 1000", spec: "activeDeadlineSeconds: 2,"));
        await node.UntilAsync("late", s => s.Phase == "Failed");

        var status = node.Api.Pod("late")!.Status;
        Assert.Equal(("DeadlineExceeded", "Pod was active on the node longer than the specified deadline"), (status.Reason, status.Message));
        Assert.Contains("DeadlineExceeded: Pod was active on the node longer", node.Api.Told("late"), StringComparison.Ordinal);
        Assert.NotNull(status.ContainerStatuses[0].State.Terminated);
    }

    // A bind-mounted namespace's file has its inode as the number in "net:[number]".
    private string NetworkOfTheNode() => $"net:[{Inode($"/run/netns/{node.NetworkNamespace}")}]";

    private static string Inode(string path) =>
        Processes.ProcessRunner.RunCheckedAsync(new Processes.Command("stat", "-c", "%i", path)).Result.Output.Trim();
}
