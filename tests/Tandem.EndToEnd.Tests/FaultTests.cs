using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>Every process of a platform, killed: it is back, and what the API had acknowledged is still there.</summary>
[Collection(nameof(RunningPlatform))]
public sealed class FaultTests(PlatformFixture fixture)
{
    private readonly TestPlatform _platform = fixture.Platform;

    [Theory]
    [InlineData("hot-etcd")]
    [InlineData("hot-cluster")]
    [InlineData("hot-containerd")]
    [InlineData("lb")]
    [InlineData("host")]
    public async Task Kill_AnyProcess_IsRestartedAndNothingIsLost(string process)
    {
        var pods = await RunningPodsAsync();
        var name = "survives-" + process;
        await _platform.KubectlOkAsync("hot", "apply -f -", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: default }}\ndata: {{ written: before }}\n");
        var before = process == "host" ? SupervisorPid() : _platform.PidOf(process);

        await ProcessRunner.RunCheckedAsync(new Command("kill", "-9", before.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        await Eventually.TrueAsync(async () => await IsBackAsync(process, before), $"{process} is back");
        Assert.Equal("before", await _platform.KubectlOkAsync("hot", $"get configmap {name} -o jsonpath={{.data.written}}"));
        Assert.Equal(pods, await RunningPodsAsync());
        await _platform.KubectlOkAsync("hot", $"delete configmap {name}");
        await Eventually.TrueAsync(
            async () => (await _platform.StatusAsync())["clusters"]!.AsArray().All(c => (bool)c!["healthy"]!), "both clusters are healthy again", 90);
    }

    [Fact]
    public async Task Kill_NginxOfTheIngress_IsRestarted()
    {
        var before = await NginxMasterAsync();
        await ProcessRunner.RunCheckedAsync(new Command("kill", "-9", before.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        await Eventually.TrueAsync(async () => await NginxMasterAsync() is var now && now != 0 && now != before, "nginx runs again");
        var address = (string)(await _platform.StatusAsync())["clusters"]![0]!["ingressAddress"]!;
        await Eventually.TrueAsync(
            async () => (await ProcessRunner.RunAsync(new Command("curl", "-s", "--max-time", "2", "-o", "/dev/null", "-w", "%{http_code}", $"http://{address}/health"))).Output == "200",
            "the ingress answers");
    }

    /// <summary>Pods with their containers' identity: a container that was started anew would have another.</summary>
    private Task<string> RunningPodsAsync() => _platform.KubectlOkAsync(
        "hot", "-n developer-services get pods --no-headers -o custom-columns=N:.metadata.name,C:.status.containerStatuses[0].containerID");

    private async Task<bool> IsBackAsync(string process, int before) => process switch
    {
        "host" => SupervisorPid() is var now && now != 0 && now != before,
        "lb" => _platform.PidOf(process) != before && (await _platform.RunAsync("status", "-o", "json")).ExitCode == 0,
        _ => _platform.PidOf(process) != before && (await _platform.KubectlAsync("hot", "get --raw /readyz")).ExitCode == 0
            && (await _platform.KubectlAsync("hot", "get configmaps")).ExitCode == 0
            && (await _platform.KubectlOkAsync("hot", "get nodes -o jsonpath={.items[0].status.conditions[?(@.type==\"Ready\")].status}")) == "True",
    };

    /// <summary>The supervisor itself: the child of its keeper.</summary>
    private int SupervisorPid() => Children(_platform.PidOf("host")).FirstOrDefault(p => Arguments(p).Contains("host"));

    private async Task<int> NginxMasterAsync()
    {
        var container = await _platform.KubectlOkAsync("hot", "-n ingress-nginx get pods -o jsonpath={.items[0].metadata.uid}");
        foreach (var folder in Directory.GetDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), out var pid)
                && string.Join(' ', Arguments(pid)).Contains("nginx: master", StringComparison.Ordinal)
                && Read($"/proc/{pid}/cgroup").Contains(container, StringComparison.Ordinal))
                return pid;
        return 0;
    }

    private static IEnumerable<int> Children(int parent) => Directory.GetDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0)
        .Where(pid => pid > 0 && Read($"/proc/{pid}/status").Contains($"PPid:\t{parent}\n", StringComparison.Ordinal));

    private static string[] Arguments(int pid) => Read($"/proc/{pid}/cmdline").Split('\0');

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }
}
