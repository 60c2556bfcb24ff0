using System.Net;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Tests.Api;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>How the events word probes that fail, by the kubelet's words: real pods on the host's network ask servers of the test.</summary>
public sealed class FailingProbesTests(FailingProbesTests.HostNetworkNode node) : IClassFixture<FailingProbesTests.HostNetworkNode>
{
    [Fact]
    public async Task Probes_ThatFail_AreToldInTheKubeletsWords()
    {
        await using var http = await ServeAsync(HttpProtocols.Http1, context => context.Response.StatusCode = 503);
        await using var grpc = await ServeAsync(HttpProtocols.Http2, context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            return context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 0x08, 2 }).AsTask(); // HealthCheckResponse { status: NOT_SERVING }
        });
        var closed = ApiServerFixture.FreePort();

        node.Api.Create(Pod("unready", [
            ("http", $"readinessProbe: {{ periodSeconds: 1, httpGet: {{ path: /health, port: {http.Port} }} }}"),
            ("refused", $"readinessProbe: {{ periodSeconds: 1, httpGet: {{ path: /health, port: {closed} }} }}"),
            ("tcp", $"readinessProbe: {{ periodSeconds: 1, tcpSocket: {{ port: {closed} }} }}"),
            ("exec", "readinessProbe: { periodSeconds: 1, exec: { command: [sh, -c, 'echo not yet; exit 3'] } }"),
            ("grpc", $"readinessProbe: {{ periodSeconds: 1, grpc: {{ port: {grpc.Port} }} }}"),
            ("unnamed", "readinessProbe: { periodSeconds: 1, httpGet: { port: web } }")]));

        foreach (var words in new[]
        {
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            $"Readiness probe failed: Get \"http://127.0.0.1:{closed}/health\": dial tcp 127.0.0.1:{closed}: connect: connection refused",
            $"Readiness probe failed: dial tcp 127.0.0.1:{closed}: connect: connection refused",
            "Readiness probe failed: not yet\n",
            "Readiness probe failed: service unhealthy (responded with \"NOT_SERVING\")",
            "Readiness probe errored and resulted in unknown state: couldn't find port: \"web\" for container unnamed",
        })
            await Eventually.TrueAsync(() => Task.FromResult(node.Api.Events.Any(e => e == ("unready", "Unhealthy", words))), words, () => node.Api.Told("unready"));
        Assert.All(node.Api.Pod("unready")!.Status.ContainerStatuses, c => Assert.False(c.Ready));
        Assert.All(node.Api.Pod("unready")!.Status.ContainerStatuses, c => Assert.Equal(0, c.RestartCount));
    }

    [Fact]
    public async Task StartupAndLivenessProbe_ThatFail_AreToldBeforeTheContainerIsKilledForThem()
    {
        node.Api.Create(Pod("dying", [
            ("live", "livenessProbe: { exec: { command: [sh, -c, 'echo dead; exit 1'] }, periodSeconds: 1, failureThreshold: 1 }"),
            ("starting", "startupProbe: { exec: { command: [sh, -c, 'echo still starting; exit 1'] }, periodSeconds: 1, failureThreshold: 1 }")]));
        await Eventually.TrueAsync(
            () => Task.FromResult(node.Api.Events.Where(e => e is ("dying", "Killing", _)).Select(e => e.Message).Distinct().Count() == 2), "both are killed", () => node.Api.Told("dying"));

        var told = node.Api.Events.Where(e => e.Pod == "dying").Select(e => $"{e.Reason}: {e.Message}").ToList();
        AssertInOrder(told, "Unhealthy: Liveness probe failed: dead\n", "Killing: Container live failed liveness probe, will be restarted");
        AssertInOrder(told, "Unhealthy: Startup probe failed: still starting\n", "Killing: Container starting failed startup probe, will be restarted");
    }

    private static void AssertInOrder(List<string> told, string first, string second)
    {
        Assert.Contains(first, told);
        Assert.Contains(second, told);
        Assert.InRange(told.IndexOf(first), 0, told.IndexOf(second) - 1);
    }

    private static V1Pod Pod(string name, (string Name, string Probe)[] containers) => PodRuns.Load($$"""
        metadata: { name: {{name}} }
        spec:
          hostNetwork: true
          terminationGracePeriodSeconds: 1
          containers: [{{string.Join(", ", containers.Select(c => $$"""{ name: {{c.Name}}, image: "{{BusyboxImage.Name}}", {{c.Probe}} }"""))}}]
        """);

    private static Task<Server> ServeAsync(HttpProtocols protocols, Action<HttpContext> answer) => ServeAsync(protocols, context =>
    {
        answer(context);
        return Task.CompletedTask;
    });

    private static async Task<Server> ServeAsync(HttpProtocols protocols, Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = protocols));
        var server = builder.Build();
        server.Run(context => answer(context));
        await server.StartAsync();
        return new Server(server, new Uri(server.Urls.Single()).Port);
    }

    private sealed record Server(WebApplication Application, int Port) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Application.DisposeAsync();
    }

    public sealed class HostNetworkNode : ContainerdFixture
    {
        private protected override bool OwnNetwork => false;
    }
}
