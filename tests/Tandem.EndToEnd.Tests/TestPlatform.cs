using System.Text.Json.Nodes;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// A platform of the tests' own, beside any that the user runs: its own name, bridge, addresses, ports and state.
/// </summary>
internal sealed class TestPlatform(string name, string bridge, string range, int apiPort) : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory($"tandem-{name}-").FullName;

    public string Name { get; } = name;

    public string File => Path.Combine(_folder, "platform.yaml");

    public string State => Path.Combine(_folder, "state");

    public string StateOfPlatform => Path.Combine(State, Name);

    public string Bridge { get; } = bridge;

    public int ApiPort { get; } = apiPort;

    /// <summary>An address of the platform's range, by its last byte.</summary>
    public string Address(int host) => $"{range[..(range.LastIndexOf('.') + 1)]}{host}";

    /// <summary>Writes the shipped platform file with this platform's own names and addresses.</summary>
    public void WriteFile() => WriteFile($"embedded: {{ apiPort: {ApiPort} }}", Path.Combine(TandemCommand.Root, "apps"));

    /// <summary>The same with another load balancer, and the shipped applications under another hostname.</summary>
    public void WriteFile(string loadBalancer, string apps, string hostname = "api.yourcompany.com")
    {
        var text = System.IO.File.ReadAllText(Path.Combine(TandemCommand.Root, "platform.yaml"));
        text = Replace(text, "name: demo", $"name: {Name}");
        text = Replace(text, "hostname: api.yourcompany.com", $"hostname: {hostname}");
        text = Replace(text, "apps: [ ./apps ]", $"apps: [ {apps} ]");
        text = Replace(text, "    embedded: {}                       # or cloudflare", $"    {loadBalancer} # or cloudflare");
        System.IO.File.WriteAllText(File, text + $"  network: {{ bridge: {Bridge}, range: {range} }}\n");
    }

    public Task<ProcessResult> RunAsync(params string[] arguments) => TandemCommand.RunAsync([.. arguments, "-f", File, "--state", State]);

    public async Task<ProcessResult> RunOkAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"tandem {string.Join(' ', arguments)} exited with {result.ExitCode}: {result.Error}{result.Output}");
        return result;
    }

    public async Task<JsonObject> StatusAsync() => JsonNode.Parse((await RunOkAsync("status", "-o", "json")).Output)!.AsObject();

    public string Kubeconfig(string cluster) => Path.Combine(StateOfPlatform, cluster, "kubeconfig");

    public Task<ProcessResult> KubectlAsync(string cluster, string arguments, string? input = null) => ProcessRunner.RunAsync(
        new Command("kubectl", [$"--kubeconfig={Kubeconfig(cluster)}", $"--cache-dir={Path.Combine(_folder, "cache", cluster)}", .. arguments.Split(' ')]) { Input = input });

    public async Task<string> KubectlOkAsync(string cluster, string arguments, string? input = null)
    {
        var result = await KubectlAsync(cluster, arguments, input);
        Assert.True(result.ExitCode == 0, $"kubectl {arguments} on {cluster}: {result.Error}{result.Output}");
        return result.Output;
    }

    public Task CreateNamespaceAsync(string cluster, string name) =>
        KubectlOkAsync(cluster, "apply -f -", $"apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name} }}\n");

    /// <summary>The process that runs under a name, by the supervisor's record.</summary>
    public int PidOf(string process) =>
        (int)JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(StateOfPlatform, "run", process + ".json")))!["Process"]!["Pid"]!;

    /// <summary>The end of every log, for a failure's message.</summary>
    public string Logs() => string.Join('\n', Directory.GetFiles(Path.Combine(StateOfPlatform, "logs")).Select(f =>
        $"--- {Path.GetFileName(f)}\n{string.Join('\n', System.IO.File.ReadLines(f).TakeLast(15))}"));

    public async ValueTask DisposeAsync()
    {
        var down = await RunAsync("down", "--purge");
        if (down.ExitCode == 0)
            Directory.Delete(_folder, recursive: true);
    }

    private static string Replace(string text, string what, string by)
    {
        Assert.Contains(what, text);
        return text.Replace(what, by, StringComparison.Ordinal);
    }
}
