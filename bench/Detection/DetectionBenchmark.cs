using System.Text.Json.Nodes;
using Tandem.Host.Prerequisites;

namespace Tandem.Bench.Detection;

/// <summary>
/// From a fault to the changed DNS answer: our load balancer beside gdnsd (interval 10 s, down_thresh 3), both watching the
/// same hosts at the same time. Each trial breaks one host at a random phase of the probers' intervals.
/// </summary>
internal static class DetectionBenchmark
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(int trials, CancellationToken stop)
    {
        var time = TimeProvider.System;
        var random = new Random();
        await DebianPackages.InstallAsync(["gdnsd", "nginx-light", "iproute2"], stop);
        await using var lab = await Lab.CreateAsync(trials + 1);
        var standby = lab.Targets[trials];
        var targets = lab.Targets.Take(trials).ToList();
        await using var gdnsd = GdnsdProcess.Services([.. targets.Select(t => t.Address)], standby.Address, 80);
        await using var tandem = BalancerProcess.Start(Configuration(targets, standby));
        var (ours, theirs) = (new Watcher(tandem.Port, time), new Watcher(gdnsd.Port, time));
        await AllOnHotAsync();

        var before = targets.Select(t => t.Checks()).ToList();
        await Task.Delay(Steady, time, stop);
        var after = targets.Select(t => t.Checks()).ToList();
        double PerMinute(Func<(int Ours, int Gdnsd), int> of) => (after.Sum(of) - before.Sum(of)) / (double)trials / Steady.TotalMinutes;
        Console.WriteLine($"steady state, checks of a host a minute: tandem {PerMinute(c => c.Ours):0.00}, gdnsd {PerMinute(c => c.Gdnsd):0.00}");

        Console.WriteLine($"{"fault",-10} {"tandem median",14} {"worst",8} {"gdnsd median",14} {"worst",8}   ratio of medians");
        foreach (var fault in Enum.GetValues<Fault>())
        {
            var results = await Task.WhenAll(targets.Select((target, i) => TrialAsync(target, i, fault)));
            var (mine, other) = (results.Select(r => r.Ours.TotalSeconds).Order().ToList(), results.Select(r => r.Gdnsd.TotalSeconds).Order().ToList());
            Console.WriteLine($"{fault,-10} {mine[trials / 2],12:0.0} s {mine[^1],6:0.0} s {other[trials / 2],12:0.0} s {other[^1],6:0.0} s   {mine[trials / 2] / other[trials / 2]:0.00}");
            await Task.WhenAll(targets.Select(t => t.HealAsync(fault)));
            await AllOnHotAsync();
        }

        return 0;

        async Task<(TimeSpan Ours, TimeSpan Gdnsd)> TrialAsync(Target target, int index, Fault fault)
        {
            await Task.Delay(random.NextDouble() * Interval, time, stop);
            await target.BreakAsync(fault);
            var both = await Task.WhenAll(ours.UntilAsync(index, standby.Address, Limit, stop), theirs.UntilAsync(index, standby.Address, Limit, stop));
            return (both[0], both[1]);
        }

        Task AllOnHotAsync() => Task.WhenAll(targets.SelectMany((t, i) => new[] { ours, theirs }.Select(w => w.UntilAsync(i, t.Address, ReturnLimit, stop))));
    }

    private static JsonObject Configuration(List<Target> targets, Target standby) => new()
    {
        ["version"] = 1,
        ["monitors"] = new JsonArray(Configurations.Monitor()),
        ["pools"] = new JsonArray([
            .. targets.Select((t, i) => Configurations.Pool($"hot{i}", new System.Net.IPEndPoint(t.Address, 80))),
            Configurations.Pool("standby", new System.Net.IPEndPoint(standby.Address, 80)),
        ]),
        ["load_balancers"] = new JsonArray([.. targets.Select((_, i) => Configurations.Balancer($"host{i}.example.com", $"hot{i}", "standby"))]),
        ["forced"] = new JsonObject(),
    };
}
