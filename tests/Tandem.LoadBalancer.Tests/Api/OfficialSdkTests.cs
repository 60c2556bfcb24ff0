using System.Text.Json;

namespace Tandem.LoadBalancer.Tests.Api;

/// <summary>What Cloudflare's own SDK must have seen: a test for each group of calls in Cloudflare.Npm/drive.mjs.</summary>
public class OfficialSdkTests(OfficialSdk sdk) : IClassFixture<OfficialSdk>
{
    [Fact]
    public void Token_KeyAndForeignAccounts_AreToldApart() => AssertSeen("token", """
        {
          "status": "active",
          "byKey": "active",
          "wrong": {"class": "PermissionDeniedError", "status": 403, "code": 10000},
          "wrongKey": {"class": "PermissionDeniedError", "status": 403, "code": 9103},
          "otherAccount": {"class": "PermissionDeniedError", "status": 403, "code": 10000},
          "noAccount": {"class": "NotFoundError", "status": 404, "code": 7003}
        }
        """);

    [Fact]
    public void Zones_PagedByNameAndById_AreTheOne() => AssertSeen("zones", """
        {
          "paged": ["yourcompany.com"],
          "byName": 0,
          "get": {"name": "yourcompany.com", "status": "active"},
          "other": {"class": "PermissionDeniedError", "status": 403, "code": 10000}
        }
        """);

    [Fact]
    public void Monitors_EveryVerb_HasDefaultsRangesAndErrors() => AssertSeen("monitors", """
        {
          "defaults": {
            "type": "http",
            "method": "GET",
            "path": "/",
            "interval": 60,
            "timeout": 5,
            "retries": 2,
            "port": 0,
            "consecutive_up": 0,
            "consecutive_down": 0,
            "expected_codes": "",
            "follow_redirects": false,
            "allow_insecure": false
          },
          "tcp": "connection_established",
          "edited": {"timeout": 3, "description": "web", "interval": 60},
          "updated": {"timeout": 5, "description": "", "interval": 10},
          "got": true,
          "listed": 2,
          "page": {"page": 2, "per_page": 1, "count": 1, "total_count": 2, "total_pages": 2},
          "range": {
            "class": "BadRequestError",
            "status": 400,
            "code": 1002,
            "message": "interval is not in range [1, 3600]: validation failed",
            "pointer": "/interval"
          },
          "noPort": {
            "class": "BadRequestError",
            "status": 400,
            "code": 1002,
            "message": "port is required for tcp: validation failed",
            "pointer": "/port"
          },
          "type": {"code": 1002, "pointer": "/type"},
          "deleted": [true, true],
          "gone": {"class": "NotFoundError", "status": 404, "code": 1001}
        }
        """);

    [Fact]
    public void MonitorGroups_EveryVerb_AreHeldByTheirPools() => AssertSeen("monitorGroups", """
        {
          "made": ["g", [{"enabled": true, "monitoring_only": false, "must_be_healthy": true}]],
          "edited": ["h", [["a", false], ["b", true]]],
          "updated": ["i", ["b"]],
          "got": "i",
          "listed": 1,
          "pool": true,
          "references": ["pool"],
          "monitorReferences": ["group"],
          "inUse": {"status": 412, "code": 1005, "message": "This object is referenced by other objects, delete them first."},
          "both": {"status": 400, "code": 1002, "pointer": "/monitor_group"},
          "deleted": true
        }
        """);

    [Fact]
    public void Pools_EveryVerb_HaveDefaultsAndReferences() => AssertSeen("pools", """
        {
          "defaults": {
            "description": "",
            "enabled": true,
            "minimum_origins": 1,
            "monitor": "",
            "monitor_group": "",
            "check_regions": null,
            "origin_steering": {"policy": "random"},
            "load_shedding": {"default_percent": 0, "default_policy": "random", "session_percent": 0, "session_policy": "hash"},
            "notification_email": ""
          },
          "origins": [
            {"name": "a", "weight": 1, "enabled": true, "flatten_cname": true},
            {"name": "z", "weight": 1, "enabled": true, "flatten_cname": true}
          ],
          "ports": [true, false],
          "edited": {"name": "hot", "minimum_origins": 2},
          "updated": {"name": "hot2", "minimum_origins": 1, "latitude": 50, "longitude": 8},
          "got": "hot2",
          "byMonitor": [1, 0],
          "bulk": ["first", "hot2"],
          "bulkOther": {"status": 400, "code": 1002, "pointer": "/notification_email"},
          "references": ["balancer"],
          "taken": {"class": "BadRequestError", "status": 400, "code": 1003, "message": "name: value not unique"},
          "refused": {
            "class": "BadRequestError",
            "status": 400,
            "code": 1002,
            "message": "policy is not supported by the embedded load balancer: validation failed",
            "pointer": "/origin_steering/policy"
          },
          "inUse": {"class": "APIError", "status": 412, "code": 1005, "message": "This object is referenced by other objects, delete them first."},
          "health": [["127.0.0.6"]],
          "deleted": true
        }
        """);

    [Fact]
    public void Previews_OfPoolAndMonitor_ProbeOnce() => AssertSeen("previews", """
        {
          "pool": {
            "pools": ["tried"],
            "healthy": false,
            "origin": {"healthy": false, "failure_reason": "Response code mismatch", "response_code": 200}
          },
          "monitor": {"pools": ["tried"], "healthy": true, "origin": {"healthy": true, "failure_reason": "No failures", "response_code": 200}},
          "invalid": {"status": 400, "code": 1002, "pointer": "/timeout"},
          "unknown": {"class": "NotFoundError", "status": 404, "code": 1001}
        }
        """);

    [Fact]
    public void LoadBalancers_EveryVerb_RefuseWhatIsNotHonoured() => AssertSeen("loadBalancers", """
        {
          "defaults": {
            "enabled": true,
            "proxied": false,
            "ttl": 30,
            "steering_policy": "off",
            "session_affinity": "none",
            "zone_name": "yourcompany.com",
            "adaptive_routing": {"failover_across_pools": false},
            "location_strategy": {"mode": "pop", "prefer_ecs": "proximity"},
            "random_steering": {"default_weight": 1, "pool_weights": {}},
            "region_pools": {},
            "rules": []
          },
          "edited": {"ttl": 60, "name": "api.yourcompany.com"},
          "updated": {"ttl": 30, "description": "d"},
          "sentBack": "api.yourcompany.com",
          "listed": ["api.yourcompany.com"],
          "refused": [
            {"status": 400, "code": 1002, "pointer": "/proxied"},
            {"status": 400, "code": 1002, "pointer": "/steering_policy"},
            {"status": 400, "code": 1002, "pointer": "/session_affinity"},
            {"status": 400, "code": 1002, "pointer": "/adaptive_routing/failover_across_pools"},
            {"status": 400, "code": 1002, "pointer": "/location_strategy/mode"},
            {"status": 400, "code": 1002, "pointer": "/region_pools"},
            {"status": 400, "code": 1002, "pointer": "/session_affinity_attributes/zero_downtime_failover"},
            {"status": 400, "code": 1002, "pointer": "/rules"}
          ],
          "message": "rules is not supported by the embedded load balancer: validation failed",
          "deleted": true
        }
        """);

    [Fact]
    public void Search_ByWordsIdAndPage_ShowsReferences() => AssertSeen("search", """
        {
          "both": [["pool", "found"], ["monitor", "found by words"]],
          "none": 0,
          "byId": ["pool"],
          "paged": [1, 0],
          "references": [[["referral", "monitor"]], [["referrer", "pool"]]],
          "referrals": [1, 0],
          "invalid": {"status": 400, "code": 1002, "pointer": "/references"}
        }
        """);

    [Fact]
    public void Regions_ListAndCode_AreCloudflares() => AssertSeen("regions", """
        {
          "listed": ["EEU", "ENAM", "ME", "NAF", "NEAS", "NSAM", "OC", "SAF", "SAS", "SEAS", "SSAM", "WEU", "WNAM"],
          "one": {"region_code": "WEU", "region_name": "Western Europe"},
          "unknown": {"class": "NotFoundError", "status": 404, "code": 1001},
          "country": {"status": 400, "code": 1002, "pointer": "/country_code_a2"}
        }
        """);

    [Fact]
    public void Events_WithFilters_TellOfPools() => AssertSeen("events", """
        {
          "success": true,
          "page": {"page": 1, "per_page": 50},
          "downWithAnOrigin": true,
          "onlyHealthy": true,
          "tomorrow": 0,
          "invalid": {"class": "BadRequestError", "status": 400, "code": 1002, "pointer": "/pool_healthy"}
        }
        """);

    /// <summary>Compares call by call, so that a failure names the one.</summary>
    private void AssertSeen(string group, string expected)
    {
        var seen = sdk.Seen.GetProperty(group);
        Assert.False(seen.TryGetProperty("thrown", out var thrown), thrown.ToString());
        var wanted = JsonDocument.Parse(expected).RootElement;
        Assert.Equal(wanted.EnumerateObject().Select(call => call.Name), seen.EnumerateObject().Select(call => call.Name));
        foreach (var call in wanted.EnumerateObject())
        {
            var found = seen.GetProperty(call.Name);
            Assert.True(JsonElement.DeepEquals(call.Value, found), $"{group}.{call.Name}: expected {call.Value}, the SDK saw {found}");
        }
    }
}
