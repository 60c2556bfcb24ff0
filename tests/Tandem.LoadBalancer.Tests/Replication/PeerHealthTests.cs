using Tandem.LoadBalancer.Replication;

namespace Tandem.LoadBalancer.Tests.Replication;

public class PeerHealthTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Pause_WithEveryFailure_DoublesUpToTheBound()
    {
        var health = new PeerHealth();
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            health = health.Failed(Start, Start, "x");
            pauses.Add(health.Pause.TotalSeconds);
        }

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10], pauses);
        Assert.Equal(0.2, health.Succeeded(Start).Failed(Start, Start, "x").Pause.TotalSeconds);
    }

    [Fact]
    public void Failed_ForLessThanThePatience_IsNotLost()
    {
        var health = new PeerHealth().Succeeded(Start).Failed(Start, Start, "x").Failed(Start.AddSeconds(2), Start.AddSeconds(2.9), "y");

        Assert.False(health.Lost);
        Assert.True(health.Failed(Start.AddSeconds(3), Start.AddSeconds(3), "z").Lost);
        Assert.Equal((Start, "y"), (health.LastExchange, health.Error));
        Assert.Equal(new PeerHealth { LastExchange = Start.AddSeconds(4) }, health.Succeeded(Start.AddSeconds(4)));
    }
}
