using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Notifications;

namespace Tandem.LoadBalancer.Tests.Notifications;

/// <summary>Notifications, over real HTTP.</summary>
public sealed class WebhookTests : IDisposable
{
    private static readonly string[] Told = [BalancerEvent.PoolDown, BalancerEvent.PoolUp, BalancerEvent.AnswerChanged];

    private readonly TemporaryFolder _folder = new();
    private readonly Receiver _receiver = new(FreePort.Take());

    public void Dispose()
    {
        _receiver.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Deliver_ReceiverFailsAndHangsAtFirst_ComesInOrderOnceAndSigned()
    {
        _receiver.Answers = n => n switch { 0 => 503, 1 => null, 2 => 404, _ => 204 };
        await using var balancer = await RunningBalancer.StartAsync(Options());
        var pool = await ForceAsync(balancer, "down");
        await balancer.TandemAsync(HttpMethod.Post, $"pools/{pool}/force", """{"state":"up"}""");

        var expected = await ExpectedAsync(balancer);
        await UntilAsync(() => _receiver.Accepted.Count() == expected.Length);
        Assert.Equal(expected, _receiver.Accepted.Select(d => d.Event.Seq));
        Assert.All(_receiver.All.Take(4), d => Assert.Equal(_receiver.All[0].Key, d.Key));
        Assert.Equal(expected.Length, _receiver.All.Select(d => d.Key).Distinct().Count());
        Assert.All(_receiver.All, d => Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("key"), d.Body)), d.Signature));
    }

    [Fact]
    public async Task Deliver_ReceiverHangs_DecisionsDoNotWait()
    {
        _receiver.Answers = _ => null;
        await using var balancer = await RunningBalancer.StartAsync(Options() with { NotificationTimeout = TimeSpan.FromMinutes(1) });
        var pool = await ForceAsync(balancer, "up");
        await UntilAsync(() => _receiver.All.Count == 1);

        var clock = Stopwatch.StartNew();
        await balancer.TandemAsync(HttpMethod.Post, $"pools/{pool}/force", """{"state":"down"}""");
        Assert.Contains((await balancer.EventsAsync()).Events, e => e.Type == BalancerEvent.PoolDown);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task Deliver_AfterARestart_GoesOnWithWhatWasNotAccepted()
    {
        _receiver.Answers = n => n == 0 ? 204 : 503;
        long[] expected;
        await using (var first = await RunningBalancer.StartAsync(Options()))
        {
            await ForceAsync(first, "down");
            expected = await ExpectedAsync(first);
            await UntilAsync(() => _receiver.All.Count > 2);
        }

        var before = _receiver.All.Count;
        _receiver.Answers = _ => 204;
        await using var balancer = await RunningBalancer.StartAsync(Options());
        await UntilAsync(() => _receiver.Accepted.Select(d => d.Event.Seq).ToHashSet().IsSupersetOf(expected));

        Assert.Equal(expected[1], _receiver.All[before].Event.Seq);
        Assert.Equal(_receiver.All[1].Key, _receiver.All[before].Key);
    }

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("http://user:password@example.com/")]
    public async Task RunAsync_UrlThatCannotBeUsed_IsRefusedWithoutShowingIt(string url)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => RunningBalancer.StartAsync(RunningBalancer.Options(_folder) with { Notifications = [new Webhook(new Uri(url))] }));

        Assert.DoesNotContain("password@", error.Message, StringComparison.Ordinal);
    }

    private LoadBalancerOptions Options()
    {
        var secret = _folder.File("secret");
        File.WriteAllText(secret, "key\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return RunningBalancer.Options(_folder) with
        {
            Notifications = [new Webhook(_receiver.Url, secret)],
            NotificationRetry = TimeSpan.FromMilliseconds(20),
            NotificationTimeout = TimeSpan.FromSeconds(0.5),
        };
    }

    /// <summary>Configures two pools without a monitor and forces the first.</summary>
    private static async Task<string> ForceAsync(RunningBalancer balancer, string word)
    {
        var monitor = new CloudflareMonitor { Type = "tcp", Port = 9, Interval = 3600, Timeout = 1, Retries = 0 };
        var pools = await balancer.ConfigureAsync(monitor, IPEndPoint.Parse("127.0.0.2:9"), IPEndPoint.Parse("127.0.0.3:9"));
        Assert.NotEmpty(await balancer.ResolveAsync());
        await balancer.TandemAsync(HttpMethod.Post, $"pools/{pools[0].Id}/force", $$"""{"state":"{{word}}"}""");
        return pools[0].Id!;
    }

    private static async Task<long[]> ExpectedAsync(RunningBalancer balancer) =>
        [.. (await balancer.EventsAsync()).Events.Where(e => Told.Contains(e.Type)).Select(e => e.Seq)];

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "it did not come");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
