using System.Net;
using System.Text.Json;
using Tandem.Kubernetes.Tests.Node.Real;
using Tandem.Processes;
using Tandem.Tests;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Kubernetes' own JavaScript client: it speaks v5 for exec and attach, and the ports of v4 for port-forward.</summary>
public sealed class JavaScriptClientTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    private static readonly string Foreign = Path.Combine(AppContext.BaseDirectory, "Clients", "Foreign");

    [Fact]
    public async Task Client_ExecAttachLogAndPortForward_Work()
    {
        await NpmFolder.InstallAsync(Foreign);
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
            new Command("node", "streams.mjs")
            {
                WorkingDirectory = Foreign,
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
}
