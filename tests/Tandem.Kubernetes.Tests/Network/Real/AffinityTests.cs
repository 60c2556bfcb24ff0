using System.Net.Sockets;
using k8s.Models;
using Tandem.Kubernetes.Network;
using static Tandem.Kubernetes.Tests.Network.Objects;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>sessionAffinity ClientIP, with real connections.</summary>
public sealed class AffinityTests(PodNetwork network) : IClassFixture<PodNetwork>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly int[] Five = [0, 1, 2, 3, 5];

    [Fact]
    public async Task EndpointsComeAndGo_ClientsStayWithTheirs()
    {
        await network.ApplyAsync(Sticky(3600, Five));
        var first = await AskAsync();
        for (var i = 0; i < 20; i++)
            Assert.Equal(first, await AskAsync());

        // Any other endpoint may go: with a hash of the address the client would be moved by most of these.
        foreach (var gone in Five.Where(i => first != $"pod{i}"))
        {
            await network.ApplyAsync(Sticky(3600, [.. Five.Where(i => i != gone)]));
            Assert.Equal(first, await AskAsync());
        }

        var left = Five.Where(i => first != $"pod{i}").ToArray();
        await network.ApplyAsync(Sticky(3600, left));
        var next = await AskAsync();
        Assert.Contains(next, left.Select(i => $"pod{i}"));
        await network.ApplyAsync(Sticky(3600, Five));
        Assert.Equal(next, await AskAsync());
    }

    [Fact]
    public async Task AgentStartsAgain_ClientsStayWithTheirs()
    {
        await network.ApplyAsync(Sticky(3600, Five));
        var first = await AskAsync();
        await network.StartAgainAsync(Sticky(3600, Five));
        for (var i = 0; i < 20; i++)
            Assert.Equal(first, await AskAsync());
    }

    [Fact]
    public async Task TimeoutWithoutConnection_IsForgotten()
    {
        await network.ApplyAsync(Sticky(1, Five));
        // Each wait is longer than the timeout, so that another endpoint comes up; by chance not in 12 tries: (1/5)^12.
        var answers = new HashSet<string>();
        for (var i = 0; i < 12 && answers.Count < 2; i++)
        {
            answers.Add(await AskAsync());
            await Eventually.TrueAsync(async () => !(await ListAsync()).Contains(" expires ", StringComparison.Ordinal), "the client is forgotten");
        }

        Assert.True(answers.Count > 1);
    }

    private async Task<string> ListAsync() => (await network.Node.RunAsync("nft", "list", "table", "ip", "tandem")).Output;

    private async Task<string> AskAsync() =>
        (await Caller.AskAsync(network.Pod[4], ProtocolType.Tcp, "10.96.3.4", 80, Patience)).Split(' ')[0];

    private static ClusterState Sticky(int seconds, int[] endpoints)
    {
        var service = Service("web", "10.96.3.4", new V1ServicePort { Name = "http", Port = 80 });
        service.Spec.SessionAffinity = "ClientIP";
        service.Spec.SessionAffinityConfig = new V1SessionAffinityConfig { ClientIP = new V1ClientIPConfig { TimeoutSeconds = seconds } };
        return State(services: [service], slices: [Slice("web", "http", 8080, "TCP", [.. endpoints.Select(i => Endpoint(PodNetwork.PodAddress(i)))])]);
    }
}
