using System.Collections.Concurrent;
using Tandem.Cloudflare.Model;
using Tandem.Host;
using Tandem.LoadBalancer.Tests;

namespace Tandem.Cli.Tests;

/// <summary>What the load balancer has acknowledged it keeps, whenever it is killed.</summary>
public sealed class DurabilityTests : IDisposable
{
    private const int Writers = 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_Acknowledged_SurvivesKillNineAtAnyMoment()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var state = new StateFolder("demo", _folder.File("state"));
        var acknowledged = new ConcurrentDictionary<string, string>();
        for (var round = 0; round < 4; round++)
        {
            using var balancer = await BalancerProcess.StartAsync(state);
            var stored = (await balancer.Client.Monitors(BalancerProcess.Account).ListAsync()).ToDictionary(m => m.Id!, m => m.Description!);
            foreach (var (id, description) in acknowledged)
            {
                Assert.True(stored.TryGetValue(id, out var found), $"monitor {id} is lost; seed {seed}, round {round}");

                // A change under way at the kill may have been stored, and never acknowledged: it is the next one then.
                Assert.True(Number(found) is var n && (n == Number(description) || n == Number(description) + 1), $"monitor {id} went back from {description} to {found}; seed {seed}, round {round}");
            }

            await WriteUntilKilledAsync(balancer, acknowledged, random.Next(10, 80));
        }

        Assert.True(acknowledged.Count >= 4 * 10 / 2, $"only {acknowledged.Count} monitors were written");
    }

    /// <summary>Writers create monitors and change them without a pause; the process is killed under them.</summary>
    private static async Task WriteUntilKilledAsync(BalancerProcess balancer, ConcurrentDictionary<string, string> acknowledged, int writes)
    {
        var monitors = balancer.Client.Monitors(BalancerProcess.Account);
        var (enough, left) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), writes);
        var killed = false;
        void Acknowledge(CloudflareMonitor monitor)
        {
            acknowledged[monitor.Id!] = monitor.Description!;
            if (Interlocked.Decrement(ref left) == 0)
                enough.SetResult();
        }

        async Task WriteAsync()
        {
            try
            {
                while (true)
                {
                    var created = await monitors.CreateAsync(new CloudflareMonitor { Description = "1" });
                    Acknowledge(created);
                    Acknowledge(await monitors.PatchAsync(created.Id!, new CloudflareMonitor { Description = "2" }));
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException && Volatile.Read(ref killed))
            {
                // The process is gone.
            }
        }

        var writers = Enumerable.Range(0, Writers).Select(_ => Task.Run(WriteAsync)).ToList();
        await Task.WhenAny(enough.Task, Task.WhenAll(writers));
        Volatile.Write(ref killed, true);
        await balancer.CrashAsync();
        await Task.WhenAll(writers);
    }

    private static int Number(string? text) => int.Parse(text!, System.Globalization.CultureInfo.InvariantCulture);
}
