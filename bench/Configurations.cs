using System.Net;
using System.Text.Json.Nodes;

namespace Tandem.Bench;

/// <summary>The load balancer's stored configuration: a monitor, two pools a service, and load balancers over them.</summary>
internal static class Configurations
{
    /// <summary>One service, hot and standby, under any number of names: host0.example.com and so on.</summary>
    public static JsonObject OneService(IPEndPoint hot, IPEndPoint standby, int names) => new()
    {
        ["version"] = 1,
        ["monitors"] = new JsonArray(Monitor()),
        ["pools"] = new JsonArray(Pool("hot", hot), Pool("standby", standby)),
        ["load_balancers"] = new JsonArray([.. Enumerable.Range(0, names).Select(i => Balancer($"host{i}.example.com", "hot", "standby"))]),
        ["forced"] = new JsonObject(),
    };

    public static JsonObject Monitor() => new()
    {
        ["id"] = Id("monitor"),
        ["type"] = "http",
        ["method"] = "GET",
        ["path"] = "/health",
        ["port"] = 0,
        ["interval"] = 10,
        ["timeout"] = 3,
        ["retries"] = 0,
        ["consecutive_down"] = 3,
        ["consecutive_up"] = 2,
        ["expected_codes"] = "200",
    };

    public static JsonObject Pool(string name, IPEndPoint origin) => new()
    {
        ["id"] = Id(name),
        ["name"] = name,
        ["enabled"] = true,
        ["minimum_origins"] = 1,
        ["monitor"] = Id("monitor"),
        ["origins"] = new JsonArray(new JsonObject
        {
            ["name"] = "cluster", ["address"] = origin.Address.ToString(), ["port"] = origin.Port, ["enabled"] = true, ["weight"] = 1,
        }),
    };

    public static JsonObject Balancer(string name, string hot, string standby) => new()
    {
        ["id"] = Id(name),
        ["name"] = name,
        ["enabled"] = true,
        ["proxied"] = false,
        ["ttl"] = 30,
        ["steering_policy"] = "off",
        ["session_affinity"] = "none",
        ["default_pools"] = new JsonArray(Id(hot), Id(standby)),
        ["fallback_pool"] = Id(standby),
    };

    public static string Id(string name) => Convert.ToHexString(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..32].ToLowerInvariant();
}
