using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.LoadBalancer.State;
using static Tandem.LoadBalancer.Tests.State.Replica;

namespace Tandem.LoadBalancer.Tests.State;

public class ConfigurationMergeTests
{
    [Property(MaxTest = 100)]
    public void Merge_AnyThreeStates_IsIdempotentCommutativeAndAssociative(int seed)
    {
        var replicas = Scatter(seed, count: 3, exchanges: 1);
        var (a, b, c) = (replicas[0].State, replicas[1].State, replicas[2].State);

        Assert.True(ConfigurationMerge.Merge(a, a).SameAs(a));
        Assert.True(ConfigurationMerge.Merge(a, b).SameAs(ConfigurationMerge.Merge(b, a)));
        Assert.True(ConfigurationMerge.Merge(ConfigurationMerge.Merge(a, b), c).SameAs(ConfigurationMerge.Merge(a, ConfigurationMerge.Merge(b, c))));
    }

    [Property(MaxTest = 200)]
    public Property Merge_AnyWritesAndExchanges_ConvergesAndKeepsWhatNobodyOverrode() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        Gen.Elements(2, 3).ToArbitrary(),
        (seed, count) =>
        {
            var replicas = Scatter(seed, count, exchanges: 10);
            for (var round = 0; round < 2; round++)
                foreach (var to in replicas)
                    foreach (var from in replicas)
                        to.Receive(from.State);

            foreach (var other in replicas.Skip(1))
            {
                Assert.True(replicas[0].State.SameAs(other.State));
                Assert.Equal(Text(replicas[0].Configuration), Text(other.Configuration));
            }

            var present = ConfigurationObjects.Of(replicas[0].Configuration).ToDictionary();
            var used = present.Values.SelectMany(ConfigurationObjects.References).ToHashSet();
            Assert.Subset(present.Keys.ToHashSet(), used);
            foreach (var writes in replicas.SelectMany(r => r.Acknowledged).GroupBy(write => write.Key, write => write.Value))
            {
                var last = writes.MaxBy(register => register.Stamp)!;
                var expected = last.IsLiving && (writes.Key.Kind != ObjectKind.Forced || present.ContainsKey(ReplicaState.PoolOf(writes.Key)));
                if (expected || used.Contains(writes.Key))
                    Assert.Equal(last.Value, present[writes.Key]);
                else
                    Assert.DoesNotContain(writes.Key, present.Keys);
            }
        });

    [Fact]
    public void Merge_PoolDeletedWhileAnotherServerRefersToIt_KeepsPoolAndMonitorUntilNobodyDoes()
    {
        var (a, b) = (new Replica("a"), new Replica("b"));
        a.Write(c => c with { Monitors = c.Monitors.Add("m", Monitor("m")), Pools = c.Pools.Add("p", Pool("p", "m")) });
        b.Receive(a.State);

        a.Write(c => c with { Pools = c.Pools.Remove("p") });
        a.Write(c => c with { Monitors = c.Monitors.Remove("m") });
        b.Write(c => c with { LoadBalancers = c.LoadBalancers.Add("l", Balancer("l", "p")) });
        a.Receive(b.State);
        b.Receive(a.State);

        Assert.Equal(["m"], a.Configuration.Monitors.Keys);
        Assert.Equal(["p"], b.Configuration.Pools.Keys);

        // It stays what it was seen as: with its last user gone it is an object like any other.
        b.Write(c => c with { LoadBalancers = c.LoadBalancers.Remove("l") });
        a.Receive(b.State);
        Assert.Equal(["p"], a.Configuration.Pools.Keys);
        a.Write(c => c with { Pools = c.Pools.Remove("p") });
        b.Receive(a.State);
        Assert.Empty(b.Configuration.Pools);
    }

    [Fact]
    public void Merge_SameObjectWithoutStamps_TakesTheSameOnBothSides()
    {
        var one = Unstamped(Monitor("m", 10));
        var other = Unstamped(Monitor("m", 20));

        Assert.True(ConfigurationMerge.Merge(one, other).SameAs(ConfigurationMerge.Merge(other, one)));
        Assert.False(one.SameAs(other));
    }

    [Fact]
    public void Merge_NothingNew_KeepsTheVeryObjects()
    {
        var (a, b) = (new Replica("a"), new Replica("b"));
        a.Write(c => c with { Pools = c.Pools.Add("p", Pool("p")) });
        b.Receive(a.State);
        var before = a.Configuration;

        a.Receive(b.State);

        Assert.Same(before.Pools, a.Configuration.Pools);
        Assert.Equal(before, a.Configuration);
    }

    [Fact]
    public void Prune_OldDeletions_AreForgottenUnlessInUse()
    {
        var (a, b) = (new Replica("a"), new Replica("b"));
        a.Write(c => c with { Pools = c.Pools.Add("p", Pool("p")).Add("q", Pool("q")) });
        b.Receive(a.State);
        b.Write(c => c with { LoadBalancers = c.LoadBalancers.Add("l", Balancer("l", "p")) });
        a.Write(c => c with { Pools = c.Pools.Clear() });
        a.Receive(b.State);

        var kept = ConfigurationWrite.Prune(a.State, Now + ConfigurationWrite.Memory);
        var pruned = ConfigurationWrite.Prune(a.State, Now + ConfigurationWrite.Memory + TimeSpan.FromSeconds(1));

        Assert.Equal(3, kept.Registers.Count);
        Assert.Equal([new ObjectKey(ObjectKind.Pool, "p"), new ObjectKey(ObjectKind.LoadBalancer, "l")], pruned.Registers.Keys);
    }

    [Fact]
    public void Prune_MoreDeletionsThanAreKept_ForgetsTheOldest()
    {
        var registers = Enumerable.Range(0, ConfigurationWrite.MostDeletions + 2).ToImmutableSortedDictionary(
            i => new ObjectKey(ObjectKind.Monitor, $"{i}"), i => new Register(new Stamp(i + 1, "w"), Monitor($"{i}"), Now.AddSeconds(i)));

        var pruned = ConfigurationWrite.Prune(new ReplicaState(registers.Count, registers), Now.AddDays(1));

        Assert.Equal(["0", "1"], registers.Keys.Except(pruned.Registers.Keys).Select(key => key.Id));
    }

    private static ReplicaState Unstamped(Cloudflare.Model.CloudflareMonitor monitor) =>
        new StoredConfiguration { Version = StoredConfiguration.Present, Monitors = [monitor] }.ToState();

    /// <summary>Servers after writes here and there, with exchanges between some of them on the way.</summary>
    private static List<Replica> Scatter(int seed, int count, int exchanges)
    {
        var random = new Random(seed);
        var replicas = Enumerable.Range(0, count).Select(i => new Replica($"w{i}")).ToList();
        for (var step = 0; step < 40; step++)
        {
            var replica = replicas[random.Next(count)];
            if (random.Next(40) < exchanges)
                replica.Receive(replicas[random.Next(count)].State);
            else
                replica.Write(configuration => RandomWrites.Next(configuration, random));
        }

        return replicas;
    }
}
