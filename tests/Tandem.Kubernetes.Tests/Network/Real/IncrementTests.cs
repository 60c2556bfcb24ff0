using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Tandem.Kubernetes.Network;
using Tandem.Kubernetes.Network.Rules;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>The kernel's tables after changes to them, beside those after they were set whole.</summary>
public sealed class IncrementTests(PodNetwork network) : IClassFixture<PodNetwork>
{
    private const int Steps = 8;

    [Property(MaxTest = 8)]
    public async Task Apply_AnySequenceOfChanges_SameTablesAsSetWhole(int seed)
    {
        var states = new StateGenerator(seed);
        var kernel = new NftKernel(
            (transaction, _) => network.Node.ApplyAsync(transaction), async (list, _) => (await network.Node.RunAsync("nft", [.. list])).Output,
            m => Assert.Fail($"seed {seed}: a change was refused: {m}"));
        for (var step = 0; step < Steps; step++)
        {
            var wanted = NftRuleset.Build(NetworkModel.Build(states.Next(), Objects.Cluster));
            await kernel.ApplyAsync(wanted, CancellationToken.None);
            // Another namespace, in which nothing was before.
            await network.Machine.ApplyAsync("flush ruleset\n" + NftTransaction.Replace(wanted));
            Assert.Equal(await ListAsync(network.Machine), await ListAsync(network.Node));
        }
    }

    private static async Task<string> ListAsync(NetworkNamespace at) =>
        Normal(JsonNode.Parse((await at.RunAsync("nft", "-j", "-s", "list", "ruleset")).Output)!["nftables"]!.AsArray());

    // Rules in the order of their chain; all else by name, since the kernel lists it in the order in which it was made.
    private static string Normal(JsonArray listing)
    {
        var objects = listing.Select(o => o!.AsObject().Single()).Where(o => o.Key != "metainfo").ToList();
        foreach (var one in objects)
            one.Value!.AsObject().Remove("handle");
        var rules = objects.Where(o => o.Key == "rule").GroupBy(o => $"{o.Value!["family"]} {o.Value["chain"]}").OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g);
        var others = objects.Where(o => o.Key != "rule").OrderBy(o => $"{o.Key} {o.Value!["family"]} {o.Value["name"]}", StringComparer.Ordinal);
        return string.Join('\n', others.Concat(rules).Select(o => $"{o.Key} {Text(o.Value, null)}"));
    }

    // The elements of a set have no order.
    private static string Text(JsonNode? node, string? field) => node switch
    {
        JsonObject o => $"{{{string.Join(", ", o.Select(p => $"{p.Key}: {Text(p.Value, p.Key)}"))}}}",
        JsonArray a => $"[{string.Join(", ", field is "set" or "elem" ? a.Select(e => Text(e, null)).Order(StringComparer.Ordinal) : a.Select(e => Text(e, null)))}]",
        _ => node?.ToJsonString() ?? "null",
    };
}
