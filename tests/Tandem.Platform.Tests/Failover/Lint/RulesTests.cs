using System.Text.Json;
using Tandem.Cloudflare.Model;
using Tandem.Platform.Failover.Lint;

namespace Tandem.Platform.Tests.Failover.Lint;

public class RulesTests
{
    private static readonly CloudflareMonitor Good = new() { Id = "m", Description = "web", Interval = 10, Timeout = 3, Retries = 0, ConsecutiveDown = 3 };

    [Theory]
    [InlineData(59, CloudflarePlan.Free, true)]
    [InlineData(60, CloudflarePlan.Free, false)]
    [InlineData(59, CloudflarePlan.Pro, true)]
    [InlineData(60, CloudflarePlan.Pro, false)]
    [InlineData(14, CloudflarePlan.Business, true)]
    [InlineData(15, CloudflarePlan.Business, false)]
    [InlineData(9, CloudflarePlan.Enterprise, true)]
    [InlineData(10, CloudflarePlan.Enterprise, false)]
    [InlineData(1, null, false)]
    public void Interval_AgainstThePlan_IsAnErrorBelowIt(int interval, CloudflarePlan? plan, bool found) =>
        AssertFound(found, Severity.Error, MonitorRules.Interval(Good with { Interval = interval }, plan));

    [Theory]
    [InlineData(10, 5, 1, false)]
    [InlineData(10, 5, 2, true)]
    [InlineData(10, 11, 0, true)]
    [InlineData(60, null, null, false)] // Cloudflare's defaults: 5 s and 2 retries
    [InlineData(14, null, null, true)]
    public void Duration_WithRetries_IsFoundAboveTheInterval(int interval, int? timeout, int? retries, bool found) => AssertFound(
        found, Severity.Warning, MonitorRules.Duration(Good with { Interval = interval, Timeout = timeout, Retries = retries }));

    [Theory]
    [InlineData("m", null, false)]
    [InlineData(null, "g", false)]
    [InlineData("", "", true)]
    [InlineData(null, null, true)]
    public void Monitor_OfAPool_IsFoundMissing(string? monitor, string? group, bool found) =>
        AssertFound(found, Severity.Error, PoolRules.Monitor(Pool(1) with { Monitor = monitor, MonitorGroup = group }));

    [Theory]
    [InlineData(1, null, false)]
    [InlineData(2, 2, false)]
    [InlineData(2, 3, true)]
    public void Minimum_AboveTheOrigins_IsAnError(int origins, int? minimum, bool found) =>
        AssertFound(found, Severity.Error, PoolRules.Minimum(Pool(origins) with { MinimumOrigins = minimum }));

    [Fact]
    public void Minimum_CountsEnabledOriginsOnly() =>
        Assert.NotNull(PoolRules.Minimum(Pool(1) with { Origins = [new CloudflareOrigin { Name = "o", Enabled = false }] }));

    [Theory]
    [InlineData(null, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Disabled_PoolInUse_IsFound(bool? enabled, bool found) =>
        AssertFound(found, Severity.Warning, PoolRules.Disabled(Pool(1) with { Enabled = enabled }));

    [Fact]
    public void Retries_OfOneOrigin_SayThatNothingElseServes()
    {
        Assert.Null(PoolRules.Retries(Pool(1), Good));
        var finding = PoolRules.Retries(Pool(1), Good with { Retries = 2 })!;
        Assert.Contains("with one origin", finding.What, StringComparison.Ordinal);
        Assert.Contains("up to 6 s later", finding.What, StringComparison.Ordinal);
        var several = PoolRules.Retries(Pool(2), Good with { Retries = 2 })!;
        Assert.Contains("timeouts only", several.What, StringComparison.Ordinal);
        Assert.DoesNotContain("with one origin", several.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("b", false)]
    public void Fallback_ThePreferredPool_IsFound(string fallback, bool found) =>
        AssertFound(found, Severity.Warning, LoadBalancerRules.Fallback(Balancer with { FallbackPool = fallback }));

    [Fact]
    public void Fallback_TheOnlyPool_IsNot() =>
        Assert.Null(LoadBalancerRules.Fallback(Balancer with { DefaultPools = ["a"], FallbackPool = "a" }));

    // Embedded: 10 s and 4 s to confirm. Cloudflare: 3 checks of 10 s, and the last one's timeout of 3 s.
    [Theory]
    [InlineData(14, true, false)]
    [InlineData(15, true, true)]
    [InlineData(33, false, false)]
    [InlineData(34, false, true)]
    public void Ttl_AboveTheDetection_IsFound(int ttl, bool confirms, bool found)
    {
        AssertFound(found, Severity.Warning, LoadBalancerRules.Ttl(Balancer with { Ttl = ttl }, Subject(1) with { Confirms = confirms }));
        Assert.Null(LoadBalancerRules.Ttl(Balancer with { Ttl = ttl, Proxied = true }, Subject(1) with { Confirms = confirms }));
    }

    [Fact]
    public void Run_MonitorGroup_JudgesTheMembersThatCount()
    {
        var members = new CloudflareMonitorGroupMember[] { new() { MonitorId = "m" }, new() { MonitorId = "slow" }, new() { MonitorId = "idle", MonitoringOnly = true } };
        var subject = Subject(1) with
        {
            Pools = Subject(1).Pools.ToDictionary(p => p.Key, p => p.Value with { Monitor = "", MonitorGroup = "g" }),
            Groups = new Dictionary<string, CloudflareMonitorGroup> { ["g"] = new() { Members = members } },
            Monitors = new Dictionary<string, CloudflareMonitor> { ["m"] = Good, ["slow"] = Good with { Retries = 1 }, ["idle"] = Good with { Retries = 2 } },
        };

        Assert.Equal(
            ["its monitor web has 1 retries", "its monitor web has 1 retries"],
            Linter.Run(subject).Select(f => f.What.Split(':')[0]));
    }

    [Theory]
    [InlineData("temporary", "false", 1, true)]
    [InlineData("sticky", null, 1, true)]
    [InlineData("temporary", "true", 1, false)]
    [InlineData("temporary", "false", 2, false)]
    [InlineData("none", "false", 1, false)]
    public void ZeroDowntime_WithNothingToRetryOn_IsFound(string mode, string? across, int origins, bool found)
    {
        // As it comes from the API.
        var routing = across is null ? "" : $$""","adaptive_routing":{"failover_across_pools":{{across}}}""";
        var balancer = JsonSerializer.Deserialize(
            $$"""{"name":"x","default_pools":["a","b"],"fallback_pool":"b","session_affinity_attributes":{"zero_downtime_failover":"{{mode}}"}{{routing}}}""",
            CloudflareJson.Default.CloudflareLoadBalancer)!;

        AssertFound(found, Severity.Warning, LoadBalancerRules.ZeroDowntime(balancer, Subject(origins)));
    }

    [Fact]
    public void Run_PlatformFileOfDefaults_FindsTheTtlAndThePlan()
    {
        var findings = Linter.Run(LintSubject.Of(Sample.Spec(), CloudflarePlan.Business));

        Assert.Equal([(Severity.Error, "monitor tandem:demo"), (Severity.Warning, "load balancer api.yourcompany.com")], findings.Select(f => (f.Severity, f.Where)));
        Assert.Empty(Linter.Run(LintSubject.Of(Sample.Spec("    ttl: 10s\n"), null)));
    }

    [Fact]
    public void Run_SeveralFaults_AreAllFoundErrorsFirst()
    {
        var subject = Subject(1) with
        {
            Balancers = [Balancer with { FallbackPool = "a", Ttl = 10 }],
            Pools = new Dictionary<string, CloudflarePool> { ["a"] = Pool(1) with { Monitor = "" }, ["b"] = Pool(1) with { Enabled = false } },
        };

        Assert.Equal(
            [(Severity.Error, "pool p"), (Severity.Warning, "pool p"), (Severity.Warning, "load balancer api.yourcompany.com")],
            Linter.Run(subject).Select(f => (f.Severity, f.Where)));
    }

    private static readonly CloudflareLoadBalancer Balancer =
        new() { Name = "api.yourcompany.com", DefaultPools = ["a", "b"], FallbackPool = "b", Ttl = 10 };

    private static LintSubject Subject(int origins) => new(
        [Balancer],
        new Dictionary<string, CloudflarePool> { ["a"] = Pool(origins), ["b"] = Pool(origins) },
        new Dictionary<string, CloudflareMonitor> { ["m"] = Good },
        null,
        Confirms: true);

    private static CloudflarePool Pool(int origins) => new()
    {
        Name = "p",
        Monitor = "m",
        Origins = [.. Enumerable.Range(0, origins).Select(i => new CloudflareOrigin { Name = $"o{i}" })],
    };

    private static void AssertFound(bool found, Severity severity, Finding? finding)
    {
        Assert.Equal(found, finding is not null);
        if (finding is not null)
            Assert.Equal(severity, finding.Severity);
    }
}
