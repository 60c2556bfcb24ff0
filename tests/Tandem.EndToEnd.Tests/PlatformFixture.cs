namespace Tandem.EndToEnd.Tests;

/// <summary>A running platform for all tests of a collection.</summary>
public sealed class PlatformFixture : IAsyncLifetime
{
    /// <summary>Two clones can be tested at the same time on one machine where TANDEM_TEST_SLOT is 0 in one and 1 to 9 in the other.</summary>
    private static readonly int Slot = int.Parse(Environment.GetEnvironmentVariable("TANDEM_TEST_SLOT") ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    private static int _platforms = -1;

    public PlatformFixture()
    {
        var number = Interlocked.Increment(ref _platforms);
        var suffix = (Slot == 0 ? "" : Slot.ToString(System.Globalization.CultureInfo.InvariantCulture)) + (number == 0 ? "" : "b");
        Platform = new TestPlatform($"e2e{suffix}", $"tde2e{suffix}", $"10.{78 + (10 * Slot)}.{number}.0/24", 8153 + (10 * Slot) + (5 * number));
    }

    internal TestPlatform Platform { get; }

    public async Task InitializeAsync()
    {
        Platform.WriteFile();
        await Platform.RunOkAsync("up");
    }

    public Task DisposeAsync() => Platform.DisposeAsync().AsTask();
}

/// <summary>The tests of traffic, faults and networks, one after the other: a fault in one must not be another's surprise.</summary>
[CollectionDefinition(nameof(RunningPlatform))]
public sealed class RunningPlatform : ICollectionFixture<PlatformFixture>;

/// <summary>The tests of releases and of clients, one after the other on a platform of their own.</summary>
[CollectionDefinition(nameof(DeployedPlatform))]
public sealed class DeployedPlatform : ICollectionFixture<PlatformFixture>;
