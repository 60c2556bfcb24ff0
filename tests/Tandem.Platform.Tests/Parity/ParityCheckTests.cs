using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Platform.Clusters;
using Tandem.Platform.Parity;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Parity;

public sealed class ParityCheckTests
{
    /// <summary>All that can be wrong with one cluster, and the finding that it must be.</summary>
    private static readonly IReadOnlyDictionary<string, Func<ClusterView, ClusterView>> Faults = new Dictionary<string, Func<ClusterView, ClusterView>>
    {
        ["not-seen"] = c => c with { Trouble = "it does not answer" },
        ["release-missing"] = c => c with { Releases = [] },
        ["missing"] = c => c.Without(Views.Settings),
        ["drifted"] = c => c.Change(Views.Settings, f => f with { Owned = "other" }),
        ["drifted/2"] = c => c.Change(Views.Settings, f => f with { Hash = "other" }),
        ["extra"] = c => c.And(new ObjectKey("", "Service", "shop", "old")),
        ["secret-missing"] = c => c.Without(Views.Password),
        ["api-missing"] = c => c with { NotServed = new HashSet<string> { "Shop in example.com/v1" } },
        ["not-ready"] = c => c.Change(Views.Web, f => f with { Workload = f.Workload! with { Ready = 2, Trouble = "2 of 3 ready" } }),
        ["certificate-expired"] = c => c.Change(Views.Tls, f => f with { Certificate = f.Certificate! with { ExpiresAt = Views.Now } }),
        ["certificate-expires"] = c => c.Change(Views.Tls, f => f with { Certificate = f.Certificate! with { ExpiresAt = Views.Now.AddDays(29) } }),
        ["certificate-wrong-host"] = c => c.Change(Views.Tls, f => f with { Certificate = f.Certificate! with { Names = ["example.com", "*.shop.example.com"] } }),
        ["certificate-unreadable"] = c => c.Change(Views.Tls, f => f with { Certificate = null }),
        ["no-answer"] = c => c with { Ingress = [c.Ingress![0] with { Status = 503, Trouble = "HTTP 503" }, c.Ingress[1]] },
    };

    /// <summary>What is wrong only beside the hot cluster.</summary>
    private static readonly IReadOnlyDictionary<string, Func<ClusterView, ClusterView>> Differences = new Dictionary<string, Func<ClusterView, ClusterView>>
    {
        ["secret-differs"] = c => c.Change(Views.Password, f => f with { Data = "other" }),
        ["api-differs"] = c => c.Change(Views.Definition, f => f with { Served = "v1 other" }),
        ["too-few"] = c => c.Change(Views.Web, f => f with { Workload = f.Workload! with { Wanted = 2, Exists = 2, Ready = 2 } }),
        ["no-capacity"] = c => c.Change(Views.Node, f => f with { Node = f.Node! with { Usable = false } }),
        ["image-differs"] = c => c.Change(Views.Pod, f => f with { Pod = f.Pod! with { Images = [("shop:1", "sha256:2")] } }),
        ["answer-differs"] = c => c with { Ingress = [c.Ingress![0] with { Status = 404 }, c.Ingress[1]] },
    };

    private static readonly string[] Warnings = ["extra", "certificate-expires"];

    [Fact]
    public void Judge_EqualClusters_IsReady()
    {
        var verdict = ParityCheck.Judge(Views.Equal());

        Assert.Empty(verdict.Findings);
        Assert.Equal((true, true, 7, Views.Now), (verdict.Ready, verdict.Known, verdict.Release, verdict.At));
        Assert.Equal("the standby has all 4 objects of release 7, as ready as in the hot cluster", verdict.Because);
    }

    public static TheoryData<string> AllFaults() => [.. Faults.Keys];

    public static TheoryData<string> AllDifferences() => [.. Differences.Keys];

    [Theory]
    [MemberData(nameof(AllFaults))]
    public void Judge_OneFaultOfTheStandby_IsThatFinding(string code)
    {
        var view = Views.Equal();

        var verdict = ParityCheck.Judge(view with { Standby = Faults[code](view.Standby) });

        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((code.Split('/')[0], "standby"), (finding.Code, finding.Cluster));
        Assert.Equal(Warnings.Contains(code), verdict.Ready);
        Assert.Equal(code != "not-seen", verdict.Known);
        Assert.NotEmpty(finding.Mend);
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public void Judge_OneFaultOfTheHotCluster_KeepsTheStandbyReadyUnlessItIsNotSeen(string code)
    {
        var view = Views.Equal();

        var verdict = ParityCheck.Judge(view with { Hot = Faults[code](view.Hot) });

        Assert.Contains(verdict.Findings, f => f.Code == code.Split('/')[0] && f.Cluster == "hot");
        Assert.Equal(code != "not-seen", verdict.Ready);
    }

    [Theory]
    [MemberData(nameof(AllDifferences))]
    public void Judge_OneDifference_IsThatFinding(string code)
    {
        var view = Views.Equal();

        var verdict = ParityCheck.Judge(view with { Standby = Differences[code](view.Standby) });

        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((code, "standby", FindingSeverity.Blocks), (finding.Code, finding.Cluster, finding.Severity));
        Assert.False(verdict.Ready);
    }

    /// <summary>Whatever is wrong besides, no fault hides another one of another object, and what is not seen is never ready.</summary>
    [Property]
    public Property Judge_AnyFaults_AreAllFound() => Prop.ForAll(Gen.SubListOf(Faults.Keys).ToArbitrary(), codes =>
    {
        var view = Views.Equal();
        var standby = codes.Aggregate(view.Standby, (c, code) => Faults[code](c));

        var verdict = ParityCheck.Judge(view with { Standby = standby });

        var found = verdict.Findings.Select(f => f.Code).ToHashSet();
        if (codes.Contains("not-seen"))
            Assert.Equal((false, false, "not-seen"), (verdict.Ready, verdict.Known, Assert.Single(found)));
        else
            Assert.All(codes.Where(c => !Hidden(c, codes)), c => Assert.Contains(c.Split('/')[0], found));
        Assert.Equal(codes.All(c => Warnings.Contains(c)), verdict.Ready);
    });

    [Fact]
    public void Judge_ReleaseUnderWay_BlocksWithoutNamingEachChangedObject()
    {
        var pending = Views.Release with
        {
            Number = 8, Outcome = ReleaseOutcome.Pending,
            Clusters = new Dictionary<string, ReleaseStage> { ["hot"] = ReleaseStage.Untouched, ["standby"] = ReleaseStage.Applying },
        };
        var view = Views.With([Views.Release, pending]);

        var verdict = ParityCheck.Judge(view with { Standby = view.Standby.Change(Views.Web, f => f with { Hash = "of release 8" }) });

        Assert.Equal("release-pending", Assert.Single(verdict.Findings).Code);
        Assert.False(verdict.Ready);
    }

    [Fact]
    public void Judge_NothingDeployed_IsNotReady()
    {
        var verdict = ParityCheck.Judge(new ParityView(Views.Now, new ClusterView("hot", null), new ClusterView("standby", null), ReleaseHistory.Of([]), null));

        Assert.Equal("no-release", Assert.Single(verdict.Findings).Code);
        Assert.False(verdict.Ready);
    }

    [Fact]
    public void Judge_HotScaledUp_AsksForRoomInTheStandby()
    {
        var view = Views.Equal();
        var hot = view.Hot.Change(Views.Web, f => f with { Workload = f.Workload! with { Wanted = 9, Exists = 9, Ready = 9 } });

        var codes = ParityCheck.Judge(view with { Hot = hot }).Findings.Select(f => f.Code);

        // Six pods of 0.5 CPU more, and 2.5 CPU free.
        Assert.Equal(["too-few", "no-capacity"], codes);
    }

    /// <summary>Of two faults of the same object one may be all there is to say.</summary>
    private static bool Hidden(string code, IEnumerable<string> codes) =>
        (code.StartsWith("drifted", StringComparison.Ordinal) && codes.Contains("missing"))
        || (code.StartsWith("certificate-", StringComparison.Ordinal) && codes.Any(c => c != code && c.StartsWith("certificate-", StringComparison.Ordinal)));
}
