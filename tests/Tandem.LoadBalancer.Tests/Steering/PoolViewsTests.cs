using System.Collections.Immutable;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Steering;

public class PoolViewsTests
{
    [Theory]
    [InlineData(1, "UD", true)]
    [InlineData(2, "UD", false)]
    [InlineData(2, "UU", true)]
    [InlineData(1, "D?", false)] // monitored and still unknown is down
    public void Of_OriginsAndTheirMinimum_DecideThePool(int minimum, string origins, bool published)
    {
        var view = View(minimum, origins, "m");

        Assert.Equal(published, view.Published);
        Assert.Equal(origins.Count(o => o == 'U'), view.Healthy.Count);
    }

    [Fact]
    public void Of_PoolWithoutMonitor_IgnoresHealth() => Assert.True(View(2, "DD", "").Published);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_OperatorsWord_CountsBeforeHealth(bool word)
    {
        var view = View(1, word ? "D" : "U", "m", word);

        Assert.Equal((word, !word), (view.Published, view.Observed));
    }

    [Fact]
    public void Of_DisabledOrigin_IsLeftOut() => Assert.Equal(["192.0.2.0"], View(1, "Ux", "m").All.Select(a => a.ToString()));

    private static PoolView View(int minimum, string origins, string monitor, bool? forced = null)
    {
        var pool = new CloudflarePool
        {
            Id = "p",
            Name = "p",
            Monitor = monitor,
            MinimumOrigins = minimum,
            Origins = [.. origins.Select((o, i) => new CloudflareOrigin { Name = $"o{i}", Address = $"192.0.2.{i}", Enabled = o != 'x' })],
        };
        var configuration = Configuration.Empty with
        {
            Monitors = Configuration.Empty.Monitors.Add("m", new CloudflareMonitor { Id = "m", Type = "http" }),
            Pools = Configuration.Empty.Pools.Add("p", pool),
            Forced = forced is { } word ? Configuration.Empty.Forced.Add("p", word) : Configuration.Empty.Forced,
        };
        var board = new HealthBoard(
            origins.Select((o, i) => (o, i)).Where(p => p.o is 'U' or 'D').ToImmutableDictionary(
                p => new TargetKey("p", $"o{p.i}", $"192.0.2.{p.i}", 80),
                p => new TargetHealth { Observed = p.o == 'U' ? Observed.Healthy : Observed.Unhealthy, Published = p.o == 'U' }),
            false);
        return PoolViews.Of(configuration, board, _ => [])["p"];
    }
}
