using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Volumes;

namespace Tandem.Kubernetes.Tests.Controllers.Volumes;

public sealed class VolumeMatchingTests
{
    [Property]
    public bool BestFor_AnySizes_IsTheSmallestThatIsLargeEnough(byte wanted, byte[] sizes)
    {
        var volumes = sizes.Select((size, i) => Volume($"v{i}", size)).ToList();

        var best = VolumeMatching.BestFor(Claim(wanted), volumes);

        var fitting = sizes.Where(s => s >= wanted).ToList();
        return fitting.Count == 0 ? best is null : best!.Spec.Capacity["storage"].ToDecimal() == fitting.Min(s => (decimal)s);
    }

    [Fact]
    public void BestFor_ReservedVolume_ComesFirstHoweverLarge()
    {
        var reserved = Volume("large", 100);
        reserved.Spec.ClaimRef = new() { Name = "c", NamespaceProperty = "ns" };

        Assert.Same(reserved, VolumeMatching.BestFor(Claim(1), [Volume("small", 1), reserved]));
        Assert.Null(VolumeMatching.BestFor(Claim(1), [Volume("small", 1)], reservedOnly: true));
    }

    [Fact]
    public void BestFor_VolumeOfAnother_IsNotTaken()
    {
        var taken = Volume("v", 1);
        taken.Spec.ClaimRef = new() { Name = "c", NamespaceProperty = "ns", Uid = "of-a-claim-before" };

        Assert.Null(VolumeMatching.BestFor(Claim(1), [taken]));
    }

    [Fact]
    public void BestFor_Node_MustReachIt()
    {
        var local = Volume("v", 1);
        local.Spec.NodeAffinity = new() { Required = new() { NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = "host", OperatorProperty = "In", Values = ["a"] }] }] } };
        V1Node Node(string host) => new() { Metadata = new() { Name = host, Labels = new Dictionary<string, string> { ["host"] = host } } };

        Assert.Same(local, VolumeMatching.BestFor(Claim(1), [local], Node("a")));
        Assert.Null(VolumeMatching.BestFor(Claim(1), [local], Node("b")));
    }

    [Fact]
    public void Mismatch_EachDifference_IsNamed()
    {
        Assert.Equal("requested PV is too small", VolumeMatching.Mismatch(Volume("v", 1), Claim(2)));
        var other = Volume("v", 2);
        other.Spec.StorageClassName = "other";
        Assert.Equal("storageClassName does not match", VolumeMatching.Mismatch(other, Claim(2)));
        var block = Volume("v", 2);
        block.Spec.VolumeMode = "Block";
        Assert.Equal("incompatible volumeMode", VolumeMatching.Mismatch(block, Claim(2)));
        var many = Claim(2);
        many.Spec.AccessModes = ["ReadWriteMany"];
        Assert.Equal("incompatible accessMode", VolumeMatching.Mismatch(Volume("v", 2), many));
    }

    private static V1PersistentVolume Volume(string name, int size) => new()
    {
        Metadata = new() { Name = name },
        Spec = new() { AccessModes = ["ReadWriteOnce"], Capacity = new Dictionary<string, ResourceQuantity> { ["storage"] = new($"{size}") } },
        Status = new() { Phase = "Available" },
    };

    private static V1PersistentVolumeClaim Claim(int size) => new()
    {
        Metadata = new() { Name = "c", NamespaceProperty = "ns", Uid = "u" },
        Spec = new() { AccessModes = ["ReadWriteOnce"], Resources = new() { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new($"{size}") } } },
    };
}
