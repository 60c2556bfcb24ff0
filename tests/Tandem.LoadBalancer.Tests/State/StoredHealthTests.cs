using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Tests.State;

public class StoredHealthTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Found by the simulation: after the clock was set back by an hour, damping remembered flips for an hour too long.</summary>
    [Fact]
    public void Resume_FlipsAfterTheClockWasSetBack_CountFromNow()
    {
        var stored = new StoredHealth("p", "o", "192.0.2.1", 80, Published: false, Now, [Now.AddMinutes(-3), Now.AddHours(1)]);

        Assert.Equal([Now.AddMinutes(-3), Now], stored.Resume(Now).Flips.ToArray());
    }
}
