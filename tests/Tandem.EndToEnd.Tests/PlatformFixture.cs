namespace Tandem.EndToEnd.Tests;

/// <summary>One running platform for all tests that only use it.</summary>
public sealed class PlatformFixture : IAsyncLifetime
{
    /// <summary>Two clones can be tested at the same time on one machine where TANDEM_TEST_SLOT is 0 in one and 1 to 9 in the other.</summary>
    private static readonly int Slot = int.Parse(Environment.GetEnvironmentVariable("TANDEM_TEST_SLOT") ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    internal TestPlatform Platform { get; } = new($"e2e{(Slot == 0 ? "" : Slot)}", $"tde2e{(Slot == 0 ? "" : Slot)}", $"10.{78 + (10 * Slot)}.0.0/24", 8153 + (10 * Slot));

    public async Task InitializeAsync()
    {
        Platform.WriteFile();
        await Platform.RunOkAsync("up");
    }

    public Task DisposeAsync() => Platform.DisposeAsync().AsTask();
}

/// <summary>The tests of a running platform, one after the other: a fault in one must not be another's surprise.</summary>
[CollectionDefinition(nameof(RunningPlatform))]
public sealed class RunningPlatform : ICollectionFixture<PlatformFixture>;
