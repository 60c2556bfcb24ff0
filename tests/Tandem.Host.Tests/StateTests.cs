using Tandem.LoadBalancer.Tests;

namespace Tandem.Host.Tests;

public sealed class StateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_Folders_AreTheOwnersOnly()
    {
        var state = new StateFolder("demo", _folder.File(""));
        Directory.CreateDirectory(state.Logs, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);

        state.Create(["hot"]);

        string[] folders = [state.Root, state.Logs, state.Processes, state.LoadBalancer, state.Cluster("hot"), state.Containerd("hot"), Path.GetDirectoryName(state.EtcdSocket("hot"))!];
        Assert.All(folders, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(f)));
    }

    [Fact]
    public void Paths_OfAPlatform_AreBelowItsRoot()
    {
        Assert.Equal("/var/lib/tandem/demo", new StateFolder("demo").Root);
        Assert.Equal("/x/demo/hot/kubeconfig", new StateFolder("demo", "/x").Kubeconfig("hot"));
    }

    [Fact]
    public void Take_LockThatIsTaken_IsRefusedUntilItIsReleased()
    {
        var state = new StateFolder("demo", _folder.File("new/state"));
        using (PlatformLock.Take(state))
        {
            var busy = Assert.Throws<PlatformBusyException>(() => PlatformLock.Take(state));
            Assert.Contains(state.Root + ".lock", busy.Message, StringComparison.Ordinal);
            using var other = PlatformLock.Take(new StateFolder("other", _folder.File("new/state")));
        }

        using var again = PlatformLock.Take(state);
    }

    [Fact]
    public void HostPlan_WrittenAndRead_IsTheSame()
    {
        var plan = new HostPlan(
            "demo",
            "/programs",
            "tandem0",
            "10.77.0.1/24",
            [new ClusterPlan("hot", "10.77.0.11"), new ClusterPlan("standby", "10.77.0.12")],
            new LoadBalancerPlan("10.77.0.1:53", 8053, "yourcompany.com", "a", "z") { Proxy = new ProxyPlan("10.77.0.1:80", "10.77.0.1:443") },
            "/images.tar",
            [new ImagePlan("nginx:1", "sha256:1", "nginx")],
            "pause:1",
            new AgentPlan("/platform.yaml", "1", 8057));
        File.WriteAllText(_folder.File("host.json"), plan.ToJson());

        var read = HostPlan.Read(_folder.File("host.json"));

        Assert.Equal(plan.ToJson(), read.ToJson());
        Assert.Equal(plan.Clusters, read.Clusters);
        Assert.Equal((plan.LoadBalancer, plan.PauseImage, plan.Gateway, plan.Agent), (read.LoadBalancer, read.PauseImage, read.Gateway, read.Agent));
        Assert.Null(HostPlan.Read(Write(plan with { LoadBalancer = null })).LoadBalancer);
    }

    [Fact]
    public void NameServerPlan_OfSeveral_CountsAddressesAndPortsUp()
    {
        var plan = new LoadBalancerPlan("10.77.0.1:53", 8053, "yourcompany.com", "a", "z");

        var one = Assert.Single(NameServerPlan.Of(plan));
        Assert.Equal(("ns", "lb", "10.77.0.1:53", "127.0.0.1:8053"), (one.Label, one.Name, one.Dns.ToString(), one.Api.ToString()));
        Assert.Equal(["lb", "run", "--plan", "p", "--server", "1", "--revision", plan.Revision], one.Arguments("p", plan));
        var third = NameServerPlan.Of(plan with { NameServers = 3 })[2];
        Assert.Equal(("ns3", "lb3", "10.77.0.3:53", "127.0.0.1:8055"), (third.Label, third.Name, third.Dns.ToString(), third.Api.ToString()));
        Assert.NotEqual(plan.Revision, (plan with { NameServers = 3 }).Revision);
        Assert.Equal([true, true, true, false, false], new[] { "lb", "lb2", "lb4", "lb5", "agent" }.Select(NameServerPlan.IsProcess));
    }

    private string Write(HostPlan plan)
    {
        File.WriteAllText(_folder.File("other.json"), plan.ToJson());
        return _folder.File("other.json");
    }
}
