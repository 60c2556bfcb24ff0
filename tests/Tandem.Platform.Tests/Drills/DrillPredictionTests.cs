using Tandem.Platform.Drills;
using Tandem.Platform.Failover;

namespace Tandem.Platform.Tests.Drills;

public sealed class DrillPredictionTests
{
    /// <summary>With the defaults: an interval of 10 s, a timeout of 3 s, 3 failures, 2 successes and a TTL of 30 s.</summary>
    [Theory]
    [InlineData("cluster-loss", 44, 14)]
    [InlineData("partition", 44, 14)]
    [InlineData("slow-health", 46, 16)]
    [InlineData("app-crash", 44, 14)]
    [InlineData("node-restart", 44, 14)]
    [InlineData("api-loss", 0, 14)]
    [InlineData("etcd-loss", 0, 14)]
    [InlineData("balancer-restart", 5, 14)]
    [InlineData("lossy-network", 3, 14)]
    [InlineData("both-down", 3, 14)]
    public void Of_TheDefaults_IsTheirArithmetic(string drill, double recovery, double detection)
    {
        var prediction = Of(drill, "");

        Assert.Equal((recovery, detection), (prediction.Recovery.TotalSeconds, prediction.Detection.TotalSeconds));
    }

    /// <summary>With a proxy no answer has to expire; when nobody is healthy the proxy forwards nothing until a cluster is up again.</summary>
    [Theory]
    [InlineData("cluster-loss", 3)]
    [InlineData("slow-health", 3)]
    [InlineData("both-down", 12)]
    [InlineData("app-crash", 14)] // a proxy passes an error page on
    public void Of_Proxied_HasNoTtl(string drill, double recovery) => Assert.Equal(recovery, Of(drill, "    proxied: true\n").Recovery.TotalSeconds);

    [Fact]
    public void All_Names_AreDifferentAndTheHotClusterIsBrokenFirst_ButByABadReleaseNever()
    {
        Assert.Equal(DrillCatalog.All.Count, DrillCatalog.All.Select(d => d.Name).Distinct().Count());
        Assert.Equal("standby", Assert.Single(DrillCatalog.All.Single(d => d.Name == "bad-release").Faults).Cluster);
        Assert.All(DrillCatalog.All.Where(d => d.Name != "bad-release"), d => Assert.Contains(d.Faults[0].Cluster, new[] { "hot", "" }));
        Assert.Equal(["bad-release", "app-crash", "ingress-crash"], DrillCatalog.All.Where(d => d.ActsThroughApi).Select(d => d.Name));
    }

    private static DrillPrediction Of(string drill, string loadBalancer) =>
        Prediction.Of(DrillCatalog.All.Single(d => d.Name == drill), Sample.Spec(loadBalancer).LoadBalancer);
}
