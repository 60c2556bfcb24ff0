using System.Net;
using System.Text.RegularExpressions;
using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Port-forward and attach by kubectl of four ages: SPDY up to 1.30, SPDY inside a WebSocket from 1.31.</summary>
public sealed partial class PortForwardTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    [Theory]
    [InlineData(20)]
    [InlineData(29)]
    [InlineData(31)]
    [InlineData(36)]
    public async Task PortForward_ManyAtOnceAndAClosedPort_CarriesAndRefuses(int minor)
    {
        using var listener = new HttpListener();
        var port = StreamsFixture.FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var serving = ServeAsync(listener);
        using var kubectl = await cluster.StartAsync(minor, "port-forward", "pod/box", $":{port}", ":1", "--address=127.0.0.1");
        var open = await LocalPortAsync(kubectl.StandardOutput);
        var closed = await LocalPortAsync(kubectl.StandardOutput);
        using var http = new HttpClient();

        var bodies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => http.GetStringAsync($"http://127.0.0.1:{open}/{i}")));

        Assert.All(bodies.Index(), b => Assert.Equal(new string((char)('0' + b.Index), 100_000), b.Item));
        // kubectl 1.20 keeps a local connection open after its remote end was refused.
        if (minor > 20)
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync($"http://127.0.0.1:{closed}/"));
        kubectl.Kill(entireProcessTree: true);
        await kubectl.WaitForExitAsync();
        listener.Stop();
        await serving;
    }

    [Theory]
    [InlineData(20)]
    [InlineData(36)]
    public async Task Run_WithInput_IsAttachedAndFailsAsTheContainerDoes(int minor)
    {
        const string overrides = """{"spec":{"nodeName":"node","hostNetwork":true,"automountServiceAccountToken":false,"terminationGracePeriodSeconds":1}}""";

        var result = await cluster.RunAsync(
            minor,
            ["run", $"run-{minor}", "-i", "--rm", "--restart=Never", "--image=" + BusyboxImage.Name, "--overrides=" + overrides, "--command", "--", "sh", "-c", "read line; echo got $line; exit 4"],
            "word\n");

        Assert.Contains("got word", result.Output, StringComparison.Ordinal);
        Assert.Equal(4, result.ExitCode);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Attach_WithInput_ReachesTheContainersOwnProcess(int minor)
    {
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: reads-{{minor}}, namespace: default }
            spec:
              {{StreamsFixture.OnNode.Replace(", ", "\n  ", StringComparison.Ordinal)}}
              restartPolicy: Never
              containers: [ { name: c, image: "{{BusyboxImage.Name}}", stdin: true, stdinOnce: true, command: [ sh, -c, "while read line; do echo got $line; done" ] } ]
            """);
        await cluster.UntilAsync($"reads-{minor}", "{.status.phase}", "Running");

        Assert.Equal("got one\ngot two\n", await cluster.RunOkAsync(minor, ["attach", "-i", $"reads-{minor}"], "one\ntwo\n"));
        await cluster.UntilAsync($"reads-{minor}", "{.status.phase}", "Succeeded");
    }

    private static async Task ServeAsync(HttpListener listener)
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                await using var output = new StreamWriter(context.Response.OutputStream);
                await output.WriteAsync(new string(context.Request.Url!.AbsolutePath[1], 100_000));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // stopped
            }
        }
    }

    internal static async Task<int> LocalPortAsync(StreamReader output)
    {
        var line = await output.ReadLineAsync() ?? "";
        return int.Parse(Forwarding().Match(line).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Forwarding from 127\.0\.0\.1:(\d+) ->")]
    private static partial Regex Forwarding();
}
