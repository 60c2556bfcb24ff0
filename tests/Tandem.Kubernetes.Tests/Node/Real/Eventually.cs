namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>Waits for what real programs will have done before long.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, Func<string>? details = null, TimeSpan? within = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < (within ?? Limit), $"not within {within ?? Limit}: {what}\n{details?.Invoke()}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
