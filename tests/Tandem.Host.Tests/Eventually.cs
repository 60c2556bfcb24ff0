namespace Tandem.Host.Tests;

/// <summary>Waits for what other processes do.</summary>
internal static class Eventually
{
    public static async Task<T> GetAsync<T>(Func<T?> read, string what)
        where T : class
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (read() is { } value)
                return value;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"{what} does not happen");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => GetAsync(() => condition() ? "" : null, what);
}
