using System.Text.Json.Nodes;
using Tandem.Kubernetes.Tests.Node.Real;
using Tandem.Kubernetes.Tests.Streams.Real;

namespace Tandem.Kubernetes.Tests.Node.Registration;

/// <summary>What the agent says of its node, over a real API.</summary>
public sealed class NodeStatusTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    [Fact]
    public async Task Status_HasTheImagesOfTheNode() => await Tests.Eventually.TrueAsync(
        async () => (await NodeAsync())["status"]!["images"]?.AsArray().Any(i => i!["names"]!.AsArray().Any(n => (string?)n == BusyboxImage.Name) && (long)i["sizeBytes"]! > 0) == true,
        "the image is listed");

    [Fact]
    public async Task Status_ConditionOfAnother_StaysWhenTheAgentReports()
    {
        // As the node problem detector does it.
        await cluster.RunOkAsync(36, ["patch", "node", "node", "--subresource=status", "--type=strategic", "-p",
            """{"status":{"conditions":[{"type":"KernelDeadlock","status":"False","reason":"KernelHasNoDeadlock"},{"type":"Ready","status":"Unknown","reason":"Doubted"}]}}"""]);

        await Tests.Eventually.TrueAsync(async () => await ConditionAsync("Ready") == "True", "the agent says that the node is ready");
        Assert.Equal("False", await ConditionAsync("KernelDeadlock"));
    }

    private async Task<JsonNode> NodeAsync() => JsonNode.Parse(await cluster.RunOkAsync(36, ["get", "node", "node", "-o", "json"]))!;

    private async Task<string?> ConditionAsync(string type) =>
        (string?)(await NodeAsync())["status"]!["conditions"]!.AsArray().SingleOrDefault(c => (string?)c!["type"] == type)?["status"];
}
