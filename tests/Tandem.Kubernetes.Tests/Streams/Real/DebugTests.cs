using System.Net;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Ephemeral containers: <c>kubectl debug</c>, and the rules of the subresource that adds them.</summary>
public sealed class DebugTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    private const string Box = "/api/v1/namespaces/default/pods/box";
    private const string Strategic = "application/strategic-merge-patch+json";

    [Theory]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Debug_InteractiveInATargetsProcesses_SeesThemAndIsAttached(int minor)
    {
        var name = $"look-{minor}";

        using var kubectl = await cluster.StartAsync(
            minor, "debug", "-i", "box", "--image=" + BusyboxImage.Name, "--target=c", "-c", name, "--", "sh", "-c", "read line; echo got $line; busybox tr '\\0' ' ' < /proc/1/cmdline; echo; read end; exit 3");
        await kubectl.StandardInput.WriteLineAsync("word");
        while (await kubectl.StandardOutput.ReadLineAsync() is var line && line != "got word")
            Assert.NotNull(line);
        var first = await kubectl.StandardOutput.ReadLineAsync();
        // Its input stays open until here: the end of it is the end of the attaching, unless the container has stdinOnce.
        await kubectl.StandardInput.WriteLineAsync("end");
        await kubectl.WaitForExitAsync();

        Assert.Equal("/bin/busybox sleep 2147483647 ", first);
        await cluster.UntilAsync("box", $"{{.status.ephemeralContainerStatuses[?(@.name==\"{name}\")].state.terminated.exitCode}}", "3");
        var status = (await cluster.SendAsync(HttpMethod.Get, Box)).Body!["status"]!;
        var own = status["ephemeralContainerStatuses"]!.AsArray().Single(s => (string?)s!["name"] == name)!;
        Assert.Equal((false, 0, null), ((bool)own["ready"]!, (int)own["restartCount"]!, own["started"]));
        Assert.Equal(("Running", "True"), ((string?)status["phase"], (string?)status["conditions"]!.AsArray().Single(c => (string?)c!["type"] == "Ready")!["status"]));
        Assert.Contains("got word", await cluster.RunOkAsync(minor, ["logs", "box", "-c", name]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Debug_CopyOfAPod_RunsBesideIt(int minor)
    {
        var copy = $"copy-{minor}";

        await cluster.RunOkAsync(
            minor, ["debug", "box", "--copy-to=" + copy, "--same-node", "--image=" + BusyboxImage.Name, "-c", "extra", "--", "sh", "-c", "echo copied; sleep 1000"]);

        await cluster.UntilAsync(copy, "{.status.containerStatuses[*].ready}", "true true");
        Assert.Equal("copied\n", await cluster.RunOkAsync(minor, ["logs", copy, "-c", "extra"]));
    }

    [Fact]
    public async Task EphemeralContainers_AddedChangedAndRemoved_OnlyTheFirstIsAllowed()
    {
        var (code, added) = await PatchAsync("""{"spec":{"nodeName":"elsewhere","ephemeralContainers":[{"name":"one","image":"tandem.local/busybox:test"}]},"metadata":{"labels":{"not":"kept"}}}""");
        Assert.Equal((HttpStatusCode.OK, "node", null), (code, (string?)added!["spec"]!["nodeName"], added["metadata"]!["labels"]));
        Assert.True((long)added["metadata"]!["generation"]! > 1);
        var one = added["spec"]!["ephemeralContainers"]!.AsArray().Single(c => (string?)c!["name"] == "one")!;
        Assert.Equal(("File", "IfNotPresent"), ((string?)one["terminationMessagePolicy"], (string?)one["imagePullPolicy"]));

        await RefusedAsync("""{"spec":{"ephemeralContainers":[{"name":"one","image":"other"}]}}""", "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"one\" may not be changed\n");
        await RefusedAsync("""{"spec":{"ephemeralContainers":[{"name":"one","$patch":"delete"}]}}""", "spec.ephemeralContainers: Forbidden: existing ephemeral containers \"one\" may not be removed\n");
        HttpStatusCode put;
        do
        {
            var (got, pod) = await cluster.SendAsync(HttpMethod.Get, Box + "/ephemeralcontainers");
            Assert.Equal((HttpStatusCode.OK, "Pod"), (got, (string?)pod!["kind"]));
            pod["spec"]!["ephemeralContainers"]!.AsArray().Add(new JsonObject { ["name"] = "two", ["image"] = BusyboxImage.Name });
            put = (await cluster.SendAsync(HttpMethod.Put, Box + "/ephemeralcontainers", pod.ToJsonString())).Code;
        }
        while (put == HttpStatusCode.Conflict); // the node reports how the first one does
        Assert.Equal(HttpStatusCode.OK, put);
        var (plain, refusal) = await cluster.SendAsync(HttpMethod.Patch, Box, """{"spec":{"ephemeralContainers":[{"name":"three","image":"i"}]}}""", Strategic);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, plain);
        Assert.Contains("spec: Forbidden: pod updates may not change fields other than", (string?)refusal!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"c","image":"i"}""", "spec.ephemeralContainers[0].name: Duplicate value: \"c\"")]
    [InlineData("""{"name":"n","image":"i","targetContainerName":"x"}""", "spec.ephemeralContainers[0].targetContainerName: Not found: \"x\"")]
    [InlineData("""{"name":"n"}""", "spec.ephemeralContainers[0].image: Required value")]
    [InlineData("""{"name":"n","image":"i","ports":[{"containerPort":80}]}""", "spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container")]
    [InlineData("""{"name":"n","image":"i","resources":{"limits":{"cpu":"1"}}}""", "spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container")]
    [InlineData("""{"name":"n","image":"i","lifecycle":{"preStop":{"exec":{"command":["a"]}}}}""", "spec.ephemeralContainers[0].lifecycle: Forbidden: cannot be set for an Ephemeral Container")]
    [InlineData("""{"name":"n","image":"i","livenessProbe":{"exec":{"command":["a"]}}}""", "spec.ephemeralContainers[0].livenessProbe: Forbidden: cannot be set for an Ephemeral Container")]
    public async Task EphemeralContainers_AgainstTheRules_AreRefusedInKubernetesWords(string container, string expected)
    {
        // A merge patch replaces the list, so that the index is the same whichever test came before.
        var (code, body) = await cluster.SendAsync(
            HttpMethod.Patch, Box + "/ephemeralcontainers", "{\"spec\":{\"ephemeralContainers\":[" + container + "]}}", "application/merge-patch+json");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains(expected, (string?)body!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task EphemeralContainers_OfANewPod_AreRefused()
    {
        var (code, body) = await cluster.SendAsync(
            HttpMethod.Post,
            "/api/v1/namespaces/default/pods",
            """{"metadata":{"name":"n"},"spec":{"containers":[{"name":"c","image":"i"}],"ephemeralContainers":[{"name":"e","image":"i"}]}}""");

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "Pod \"n\" is invalid: spec.ephemeralContainers: Forbidden: cannot be set on create"), (code, (string?)body!["message"]));
    }

    private Task<(HttpStatusCode Code, JsonNode? Body)> PatchAsync(string patch) =>
        cluster.SendAsync(HttpMethod.Patch, Box + "/ephemeralcontainers", patch, Strategic);

    private async Task RefusedAsync(string patch, string expected)
    {
        var (code, body) = await PatchAsync(patch);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, $"Pod \"box\" is invalid: {expected}"), (code, (string?)body!["message"]));
    }
}
