namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>Generates faults.</summary>
internal static class Episodes
{
    private static readonly Ailment[] Deadly = [Ailment.BlackHole, Ailment.Refuses, Ailment.Silent, Ailment.NoRoute];

    /// <summary>Any episode, the longer ones more seldom.</summary>
    public static Episode Random(Random random)
    {
        var episode = random.Next(8) switch
        {
            0 => OneIll(random, "loss", new Condition(Ailment.Loss, random.NextDouble())),
            1 => OneIll(random, "latency", new Condition(Ailment.Slow, 0.1 + 1.4 * random.NextDouble())),
            2 => OneIll(random, "outage", Dead(random)),
            3 => BothDown(random),
            4 or 5 => Flapping(random),
            6 => NetworkLost(random),
            _ => Anything(random),
        };
        var faults = episode.Faults.ToList();
        var length = faults.Max(f => f.After);
        for (var i = random.Next(4) - 1; i > 0; i--)
            faults.Add(new Restart(length * random.NextDouble(), Seconds(random, 0.2, 20)));
        if (!episode.NetworkOnly && random.Next(6) == 0)
            faults.Add(new ClockStep(length * random.NextDouble(), Seconds(random, 1, 4000) * (random.Next(2) * 2 - 1)));
        return episode with { Faults = [.. faults.OrderBy(f => f.After)] };
    }

    private static Episode OneIll(Random random, string name, Condition condition)
    {
        var cluster = random.Next(2);
        return new Episode(name, [new Falls(TimeSpan.Zero, cluster, condition), new Falls(Seconds(random, 0.01, 180), cluster, default)]);
    }

    /// <summary>One after the other, in any order, for a while together.</summary>
    private static Episode BothDown(Random random)
    {
        var first = random.Next(2);
        var (second, end) = (Seconds(random, 0, 60), Seconds(random, 60, 180));
        return new Episode("both down",
        [
            new Falls(TimeSpan.Zero, first, Dead(random)),
            new Falls(second, 1 - first, Dead(random)),
            new Falls(end, random.Next(2), default),
            new Falls(end + Seconds(random, 0, 60), 0, default),
            new Falls(end + Seconds(random, 60, 120), 1, default),
        ]);
    }

    /// <summary>One cluster is down and up in turn; sometimes the other fails meanwhile.</summary>
    private static Episode Flapping(Random random)
    {
        var cluster = random.Next(4) == 0 ? 1 : 0;
        var faults = new List<Fault>();
        var at = TimeSpan.Zero;
        for (var turns = random.Next(2, 9); turns > 0; turns--)
        {
            faults.Add(new Falls(at, cluster, Dead(random)));
            at += Seconds(random, 0.5, 40);
            faults.Add(new Falls(at, cluster, default));
            at += Seconds(random, 0.5, 60);
        }

        if (random.Next(3) == 0)
        {
            var other = at * random.NextDouble();
            faults.Add(new Falls(other, 1 - cluster, Dead(random)));
            faults.Add(new Falls(other + Seconds(random, 1, 60), 1 - cluster, default));
        }

        return new Episode("flapping", [.. faults.OrderBy(f => f.After)]);
    }

    private static Episode NetworkLost(Random random) => new(
        "network lost", [new Partition(TimeSpan.Zero, true), new Partition(Seconds(random, 0.01, 180), false)], NetworkOnly: true);

    /// <summary>All kinds of changes to both clusters and to the network.</summary>
    private static Episode Anything(Random random)
    {
        var faults = new List<Fault>();
        var at = TimeSpan.Zero;
        for (var changes = random.Next(2, 15); changes > 0; changes--)
        {
            faults.Add(random.Next(6) == 0
                ? new Partition(at, random.Next(2) == 0)
                : new Falls(at, random.Next(2), random.Next(3) == 0 ? default : Any(random)));
            at += Seconds(random, 0.01, 30);
        }

        return new Episode("anything", [.. faults, new Partition(at, false), new Falls(at, 0, default), new Falls(at, 1, default)]);
    }

    private static Condition Dead(Random random) => new(Deadly[random.Next(Deadly.Length)]);

    private static Condition Any(Random random) => random.Next(3) switch
    {
        0 => new Condition(Ailment.Loss, random.NextDouble()),
        1 => new Condition(Ailment.Slow, 0.1 + 1.4 * random.NextDouble()),
        _ => Dead(random),
    };

    private static TimeSpan Seconds(Random random, double from, double to) => TimeSpan.FromSeconds(from + (to - from) * random.NextDouble());
}
