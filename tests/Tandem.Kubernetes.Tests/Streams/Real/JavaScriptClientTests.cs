using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Tandem.Kubernetes.Tests.Node.Real;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Kubernetes' own JavaScript client: it speaks v5 for exec and attach, and the ports of v4 for port-forward.</summary>
public sealed class JavaScriptClientTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    private static readonly string Package = Path.Combine(AppContext.BaseDirectory, "KubernetesClient.Npm");

    [Fact]
    public async Task Client_ExecAttachLogAndPortForward_Work()
    {
        await InstallAsync();
        using var listener = new HttpListener();
        var port = StreamsFixture.FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var answering = AnswerAsync(listener);
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: talks, namespace: default }
            spec:
              {{StreamsFixture.OnNode.Replace(", ", "\n  ", StringComparison.Ordinal)}}
              containers: [ { name: c, image: "{{BusyboxImage.Name}}", stdin: true, command: [ sh, -c, "while read line; do echo got $line; done" ] } ]
            """);
        await cluster.UntilAsync("talks", "{.status.phase}", "Running");
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);

        var result = await ProcessRunner.RunCheckedAsync(
            new Command("node", "drive.mjs")
            {
                WorkingDirectory = Package,
                Environment = new Dictionary<string, string?> { ["KUBECONFIG"] = cluster.Options.Kubeconfig, ["PORT"] = $"{port}" },
            },
            timeout.Token);

        await answering;
        var seen = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(("v5.channel.k8s.io", "3", "hello\n", "oops\n"), (Text("execProtocol"), Text("execCode"), Text("execOut"), Text("execErr")));
        Assert.Equal(("got word\n", "got word\n"), (Text("attachOut"), Text("log")));
        Assert.Equal("through the tunnel", Text("forwarded"));

        string? Text(string name) => seen.GetProperty(name).GetString();
    }

    private static async Task AnswerAsync(HttpListener listener)
    {
        var context = await listener.GetContextAsync();
        await using var output = new StreamWriter(context.Response.OutputStream);
        await output.WriteAsync("through the tunnel");
    }

    /// <summary>Installs what the lock file says, unless that is there.</summary>
    private static async Task InstallAsync()
    {
        var stamp = Path.Combine(Package, "node_modules", ".tandem");
        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Package, "package-lock.json"))));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            return;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(4), TimeProvider.System);
        await ProcessRunner.RunCheckedAsync(
            new Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund") { WorkingDirectory = Package }, timeout.Token);
        await File.WriteAllTextAsync(stamp, wanted);
    }
}
