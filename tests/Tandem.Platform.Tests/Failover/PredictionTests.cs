using Tandem.Platform.Failover;

namespace Tandem.Platform.Tests.Failover;

public sealed class PredictionTests
{
    private const string Cloudflare = """
        cloudflare: { accountId: 0123456789abcdef0123456789abcdef, zoneId: 0123456789abcdef0123456789abcdef, apiTokenFrom: { env: X } }
        """;

    [Theory]
    [InlineData("embedded: {}", 10, 3, 14)]
    [InlineData("embedded: {}", 10, 1, 14)]
    [InlineData("embedded: {}", 5, 10, 16)]
    [InlineData(Cloudflare, 60, 2, 123)]
    public void Detection_OfEachLoadBalancer_IsItsOwn(string kind, int interval, int threshold, int seconds)
    {
        var text = Sample.Minimal.Replace("    embedded: {}\n", $"    {kind}\n", StringComparison.Ordinal);
        var spec = Sample.Parse(text + $"    healthCheck: {{ interval: {interval}s, timeout: 3s, failureThreshold: {threshold} }}\n    ttl: 7s\n").LoadBalancer;

        Assert.Equal(TimeSpan.FromSeconds(seconds), Prediction.Detection(spec));
        Assert.Equal(TimeSpan.FromSeconds(seconds + 7), Prediction.Recovery(spec));
    }

    /// <summary>Nobody waits for an answer to expire; behind the embedded proxy nobody waits for the checks either.</summary>
    [Theory]
    [InlineData("embedded: {}", 3)]
    [InlineData(Cloudflare, 33)]
    public void Recovery_Proxied_HasNoTtl(string kind, int seconds)
    {
        var text = Sample.Minimal.Replace("    embedded: {}\n", $"    {kind}\n", StringComparison.Ordinal);

        Assert.Equal(TimeSpan.FromSeconds(seconds), Prediction.Recovery(Sample.Parse(text + "    proxied: true\n    ttl: 1h\n").LoadBalancer));
    }
}
