using System.Globalization;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>A platform whose state folder has no room left: a file system of its own, filled to the last byte.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const int MapBytes = 200_000;

    private readonly TestPlatform _platform = new("e2efull", "tdfull", "10.84.0.0/24", 8753);

    public async Task InitializeAsync()
    {
        _platform.WriteFile();
        Directory.CreateDirectory(_platform.State);
        await ProcessRunner.RunCheckedAsync(new Command("mount", "-t", "tmpfs", "-o", "size=3g,mode=700", "tmpfs", _platform.State));
    }

    public async Task DisposeAsync()
    {
        await _platform.RunAsync("down", "--purge");
        await ProcessRunner.RunCheckedAsync(new Command("umount", _platform.State));
        await _platform.DisposeAsync();
    }

    [Fact]
    public async Task Platform_DiskFullAndFreedAgain_ServesAllTheWhileAndLosesNothingAcknowledged()
    {
        await _platform.RunOkAsync("up");
        var filler = Path.Combine(_platform.State, "filler");
        await FillAsync(filler);

        // etcd has some room in files that it has made already: what is acknowledged counts, whatever comes of the rest.
        var acknowledged = new List<string>();
        for (var i = 0; i < 2000 && await WriteAsync($"map{i}"); i++)
        {
            acknowledged.Add($"map{i}");
            await FillAsync(filler);
        }

        Assert.InRange(acknowledged.Count, 0, 1999);
        var refused = await _platform.KubectlAsync("hot", "create configmap one-more --from-literal=a=b");
        Assert.NotEqual(0, refused.ExitCode);

        // The nodes notice; but no pod has to go for what none of them has filled.
        await Eventually.TrueAsync(
            async () => (await _platform.KubectlAsync("standby", "get nodes -o jsonpath={.items[0].status.conditions[?(@.type==\"DiskPressure\")].status}")).Output == "True", "the standby's node is short of disk");
        await ServesAsync();

        File.Delete(filler);

        await Eventually.TrueAsync(async () => (await _platform.KubectlAsync("hot", "apply -f -", Map("afterwards"))).ExitCode == 0, "the API writes again");
        var there = (await _platform.KubectlOkAsync("hot", "get configmaps -o jsonpath={.items[*].metadata.name}")).Split(' ');
        Assert.Empty(acknowledged.Except(there));
        foreach (var cluster in new[] { "hot", "standby" })
        {
            await Eventually.TrueAsync(
                async () => (await _platform.KubectlAsync(cluster, "get pods -A -o jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}")).Output.Split(' ') is { Length: > 5 } ready
                    && ready.All(s => s == "True"),
                $"all pods of {cluster} are ready", 120);
            Assert.Equal("", await _platform.KubectlOkAsync(cluster, "get pods -A --no-headers --field-selector=status.phase=Failed -o name"));
        }

        await ServesAsync();
        var status = await _platform.StatusAsync();
        Assert.All(status["clusters"]!.AsArray(), c => Assert.True((bool)c!["healthy"]!, status.ToJsonString()));
    }

    private async Task<bool> WriteAsync(string name) => (await _platform.KubectlAsync("hot", "create -f -", Map(name))).ExitCode == 0;

    private static string Map(string name) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name}, namespace: default }}\ndata: {{ text: {new string('x', MapBytes)} }}\n";

    /// <summary>Not one byte stays free.</summary>
    private static async Task FillAsync(string file) =>
        Assert.Contains("No space left", (await ProcessRunner.RunAsync(new Command("sh", "-c", $"LC_ALL=C cat /dev/zero >> {file}"))).Error, StringComparison.Ordinal);

    private async Task ServesAsync()
    {
        foreach (var host in new[] { 11, 12 })
        {
            var answer = await ProcessRunner.RunAsync(new Command("curl", "-s", "--max-time", "5", "-o", "/dev/null", "-w", "%{http_code}", $"http://{_platform.Address(host)}/health"));
            Assert.True(answer.Output == "200", string.Create(CultureInfo.InvariantCulture, $"10.84.0.{host} answers {answer.Output} {answer.Error}"));
        }
    }
}
