using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Network.Policies;

namespace Tandem.Kubernetes.Tests.Network;

public sealed class PortResolverTests
{
    /// <summary>nftables refuses a set whose ranges overlap, and with it the whole table.</summary>
    [Property]
    public Property Resolve_AnyRanges_SamePortsWithoutOverlap() => Prop.ForAll(
        Gen.Choose(1, 40).Zip(Gen.Choose(0, 8)).ListOf().ToArbitrary(),
        ranges =>
        {
            var ports = ranges.Select(r => new V1NetworkPolicyPort { Port = $"{r.Item1}", EndPort = r.Item1 + r.Item2 });
            var merged = new PortResolver([]).Resolve(ports).SelectMany(p => p.Ranges).ToList();
            var wanted = ranges.SelectMany(r => Enumerable.Range(r.Item1, r.Item2 + 1)).ToHashSet();
            return wanted.SetEquals(merged.SelectMany(r => Enumerable.Range(r.First, r.Last - r.First + 1)))
                && merged.Zip(merged.Skip(1)).All(p => p.First.Last + 1 < p.Second.First);
        });

    [Fact]
    public void Resolve_NameThatNoPodHas_NoPortAtAll() =>
        Assert.Empty(new PortResolver([]).Resolve([new V1NetworkPolicyPort { Port = "nobody" }]));
}
