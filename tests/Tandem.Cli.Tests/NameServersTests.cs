using Tandem.Cloudflare.Model;
using static Tandem.Cli.Tests.NameServerPair;

namespace Tandem.Cli.Tests;

/// <summary>Two name servers as processes of their own, and a resolver that nobody here wrote.</summary>
public sealed class NameServersTests : IDisposable
{
    private readonly NameServerPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task Resolver_EitherServerKilled_StillGetsAnswersOldAndNew()
    {
        await _pair.StartAsync();
        using var unbound = await UnboundProcess.StartAsync(_pair.Plans);
        await _pair[0].ConfigureAsync("api", "192.0.2.1");
        Assert.Equal("192.0.2.1", await _pair[0].AnswerAsync("api"));
        await UntilAsync(async () => await _pair[1].AnswerAsync("api") == "192.0.2.1", "the second server has what was written to the first", 2);

        for (var victim = 0; victim < 2; victim++)
        {
            var living = _pair[1 - victim];
            await _pair[victim].KillAsync();

            // Each of them within the 6 s that the client waits.
            for (var i = 0; i < 5; i++)
                Assert.Equal("192.0.2.1", await unbound.AnswerAsync("api"));

            await living.ConfigureAsync($"new{victim}", "192.0.2.2");
            Assert.Equal("192.0.2.2", await unbound.AnswerAsync($"new{victim}"));

            await _pair[victim].StartAsync();
            Assert.Equal("192.0.2.2", await _pair[victim].AnswerAsync($"new{victim}"));
        }
    }

    [Fact]
    public async Task Writes_WhileEachIsAlone_Merge()
    {
        await _pair[0].StartAsync();
        var pool = await _pair[0].ConfigureAsync("one", "192.0.2.1");
        await _pair[1].StartAsync();
        Assert.Equal("192.0.2.1", await _pair[1].AnswerAsync("one"));

        // Neither sees what the other is told meanwhile.
        await _pair[1].KillAsync();
        await _pair[0].ConfigureAsync("two", "192.0.2.2");
        await PatchAsync(0, pool, "first");
        await PatchAsync(0, pool, "second");
        await _pair[0].KillAsync();
        await _pair[1].StartAsync();
        await _pair[1].ConfigureAsync("three", "192.0.2.3");
        await PatchAsync(1, pool, "other");
        await _pair[0].StartAsync();

        foreach (var i in new[] { 0, 1 })
        {
            await UntilAsync(
                async () => await _pair[i].AnswerAsync("two") == "192.0.2.2" && await _pair[i].AnswerAsync("three") == "192.0.2.3", $"server {i} has both", 5);
        }

        // The same object written on both: one of the last writes, and the same one everywhere.
        var described = await DescriptionAsync(0, pool);
        Assert.Contains(described, new[] { "second", "other" });
        Assert.Equal(described, await DescriptionAsync(1, pool));
    }

    [Fact]
    public async Task Server_ThatHangs_HoldsUpNobodyAndCatchesUp()
    {
        await _pair.StartAsync();
        using var unbound = await UnboundProcess.StartAsync(_pair.Plans);
        await _pair[0].ConfigureAsync("api", "192.0.2.1");
        await UntilAsync(async () => await _pair[1].AnswerAsync("api") == "192.0.2.1", "the second server has it", 2);

        await _pair[1].FreezeAsync();
        var pending = _pair[1].ConfigureAsync("three", "192.0.2.3");
        var start = TimeProvider.System.GetTimestamp();
        await _pair[0].ConfigureAsync("two", "192.0.2.2");
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(2), "a write waited for the peer that hangs");
        for (var i = 0; i < 3; i++)
            Assert.Equal("192.0.2.2", await unbound.AnswerAsync("two"));
        Assert.False(pending.IsCompleted);

        await _pair[1].ThawAsync();
        await pending;
        foreach (var i in new[] { 0, 1 })
        {
            await UntilAsync(
                async () => await _pair[i].AnswerAsync("two") == "192.0.2.2" && await _pair[i].AnswerAsync("three") == "192.0.2.3", $"server {i} has both", 12);
        }
    }

    private Task PatchAsync(int server, CloudflarePool pool, string description) =>
        _pair[server].Client.Pools(BalancerProcess.Account).PatchAsync(pool.Id!, new CloudflarePool { Description = description });

    private async Task<string?> DescriptionAsync(int server, CloudflarePool pool) =>
        (await _pair[server].Client.Pools(BalancerProcess.Account).GetAsync(pool.Id!)).Description;
}
