using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// Ten thousand years of faults over the code that ships. TANDEM_SIMULATION_SEED runs one seed, with the trace of its last episode;
/// TANDEM_SIMULATION_YEARS sets the years.
/// </summary>
[Collection(nameof(Alone))]
public class SimulationTests(ITestOutputHelper output)
{
    private const int YearsOfASeed = 50;

    [Fact]
    public void TenThousandYears_OfGeneratedFaults_KeepEveryInvariant()
    {
        if (Variable("TANDEM_SIMULATION_SEED") is { } only)
        {
            output.WriteLine(Replay(only).ToString());
            return;
        }

        var years = Variable("TANDEM_SIMULATION_YEARS") ?? 10_000;
        var watch = Stopwatch.StartNew();
        var tallies = new ConcurrentBag<Tally>();
        Parallel.For(0, (years + YearsOfASeed - 1) / YearsOfASeed, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            try
            {
                tallies.Add(World(seed, null).Run(YearsOfASeed));
            }
            catch (InvariantException)
            {
                Replay(seed);
                throw;
            }
        });

        var all = tallies.Aggregate((a, b) => a + b);
        output.WriteLine($"{years} years in {watch.Elapsed.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s: {all}");
        Assert.True(all.Failovers > 100 && all.Failbacks > 100 && all.Restarts > 100, all.ToString());
    }

    /// <summary>A quarter of the worlds have other rules than the default.</summary>
    private static Simulation World(int seed, Action<string>? trace) => new(
        seed, seed % 4 == 3 ? SimulatedPlatform.Random(new Random(seed)) : SimulatedPlatform.Default, new SimulatedCode(), trace);

    private static Tally Replay(int seed)
    {
        var episode = new List<string>();
        try
        {
            return World(seed, line =>
            {
                if (line.StartsWith("---", StringComparison.Ordinal))
                    episode.Clear();
                episode.Add(line);
            }).Run(YearsOfASeed);
        }
        catch (InvariantException e)
        {
            throw new InvalidOperationException(
                $"{e.Message}\nTo replay: TANDEM_SIMULATION_SEED={seed} dotnet test tests/Tandem.LoadBalancer.Tests --filter TenThousandYears\n"
                + string.Join('\n', episode), e);
        }
    }

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
