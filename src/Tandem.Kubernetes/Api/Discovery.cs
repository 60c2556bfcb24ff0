using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api;

/// <summary>What is served: the plain documents and the aggregated ones (KEP-3352).</summary>
internal sealed class Discovery(ServedResources served)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public Task CoreAsync(HttpContext context) => WantsAggregated(context)
        ? AggregatedAsync(context, [""])
        : Answer.JsonAsync(context, 200, new JsonObject
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject
            {
                ["clientCIDR"] = "0.0.0.0/0",
                ["serverAddress"] = context.Request.Host.Value,
            }),
        });

    public Task GroupsAsync(HttpContext context) => WantsAggregated(context)
        ? AggregatedAsync(context, Groups())
        : Answer.JsonAsync(context, 200, new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. Groups().Select(Group)]),
        });

    /// <summary>One group; null where it is not served.</summary>
    public JsonObject? GroupOf(string group)
    {
        if (!Groups().Contains(group))
            return null;
        var value = Group(group);
        value["kind"] = "APIGroup";
        value["apiVersion"] = "v1";
        return value;
    }

    /// <summary>The resources of a group version; null where it is not served.</summary>
    public JsonObject? ResourcesOf(string group, string version)
    {
        if (!served.HasGroupVersion(group, version))
            return null;
        var list = new JsonArray();
        foreach (var resource in served.All.Where(r => r.Group == group && r.Version == version))
        {
            var entry = new JsonObject
            {
                ["name"] = resource.Plural,
                ["singularName"] = resource.Singular,
                ["namespaced"] = resource.IsNamespaced,
                ["kind"] = resource.Kind,
                ["verbs"] = List(resource.Verbs),
            };
            if (resource.ShortNames.Count > 0)
                entry["shortNames"] = List(resource.ShortNames);
            if (resource.Categories.Count > 0)
                entry["categories"] = List(resource.Categories);
            list.Add(entry);
            foreach (var sub in SubresourceHandler.Of(resource))
            {
                var subresource = new JsonObject
                {
                    ["name"] = $"{resource.Plural}/{sub.Name}",
                    ["singularName"] = "",
                    ["namespaced"] = resource.IsNamespaced,
                    ["kind"] = sub.Kind,
                    ["verbs"] = List(sub.Verbs),
                };
                if (sub.Group is not null)
                {
                    subresource["group"] = sub.Group;
                    subresource["version"] = sub.Version;
                }

                list.Add(subresource);
            }
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = list,
        };
    }

    private static bool WantsAggregated(HttpContext context) =>
        MediaType.Accepts(context.Request, "as", "APIGroupDiscoveryList") && MediaType.Accepts(context.Request, "v", "v2");

    private Task AggregatedAsync(HttpContext context, IEnumerable<string> groups)
    {
        var value = new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. groups.Select(AggregatedGroup)]),
        };
        var document = Storage.Utf8Json.Write(value);
        var tag = $"\"{Convert.ToHexString(SHA512.HashData(document))}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.Vary = "Accept";
        if (!context.Request.Headers.IfNoneMatch.Contains(tag))
            return Answer.JsonAsync(context, 200, document, Aggregated);
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    private JsonObject AggregatedGroup(string group) => new()
    {
        ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
        ["versions"] = new JsonArray([.. Versions(group).Select(v => new JsonObject
        {
            ["version"] = v,
            ["resources"] = new JsonArray([.. served.All.Where(r => r.Group == group && r.Version == v).Select(AggregatedResource)]),
            ["freshness"] = "Current",
        })]),
    };

    private static JsonObject AggregatedResource(Resource resource)
    {
        var value = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = Kind(resource.Group, resource.Version, resource.Kind),
            ["scope"] = resource.IsNamespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = List(resource.Verbs),
        };
        if (resource.ShortNames.Count > 0)
            value["shortNames"] = List(resource.ShortNames);
        if (resource.Categories.Count > 0)
            value["categories"] = List(resource.Categories);
        var subresources = SubresourceHandler.Of(resource).ToList();
        if (subresources.Count > 0)
            value["subresources"] = new JsonArray([.. subresources.Select(s => new JsonObject
            {
                ["subresource"] = s.Name,
                ["responseKind"] = Kind(s.Group ?? resource.Group, s.Version ?? resource.Version, s.Kind),
                ["verbs"] = List(s.Verbs),
            })]);
        return value;
    }

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private JsonObject Group(string group)
    {
        var versions = Versions(group).Select(v => new JsonObject { ["groupVersion"] = $"{group}/{v}", ["version"] = v }).ToList();
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private IEnumerable<string> Groups() => served.All.Select(r => r.Group).Where(g => g.Length > 0).Distinct();

    private IEnumerable<string> Versions(string group) => served.All.Where(r => r.Group == group).Select(r => r.Version).Distinct();

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode)i)]);
}
