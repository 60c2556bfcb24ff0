namespace Tandem.EndToEnd.Tests;

/// <summary>One running platform for all tests that only use it.</summary>
public sealed class PlatformFixture : IAsyncLifetime
{
    internal TestPlatform Platform { get; } = new("e2e", "tde2e", "10.78.0.0/24", 8153);

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
