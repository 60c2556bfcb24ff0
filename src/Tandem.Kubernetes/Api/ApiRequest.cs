using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api;

/// <summary>What a request asks for, read from its method and path. See
/// https://kubernetes.io/docs/reference/using-api/api-concepts/.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete or deletecollection.</param>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Such as v1.</param>
/// <param name="Plural">The resource in the path, served or not.</param>
/// <param name="Namespace">Empty for all namespaces, or where there is none.</param>
/// <param name="Name">Empty for a collection.</param>
/// <param name="Subresource">Empty for the object itself.</param>
/// <param name="Resource">The kind, or null where it is not served.</param>
internal sealed record ApiRequest(
    string Verb, string Group, string Version, string Plural, string Namespace, string Name, string Subresource, Resource? Resource)
{
    /// <summary>The one object that a field selector of a list, a watch or a collection's deletion leaves; empty for any. Rules may
    /// allow these by resourceNames.</summary>
    public string SelectedName { get; init; } = "";

    /// <summary>What is asked of a node behind its subresource "proxy".</summary>
    public string ProxyPath { get; init; } = "";

    /// <summary>Reads a path below /api or /apis; null for one that names no resource.</summary>
    public static ApiRequest? Parse(HttpRequest request, ServedResources served)
    {
        var parts = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, rest) = parts switch
        {
            ["api", var v, .. var r] => (("", v), r),
            ["apis", var g, var v, .. var r] => ((g, v), r),
            _ => (("", ""), []),
        };
        if (rest.Length == 0)
            return null;

        var @namespace = "";
        if (rest is ["namespaces", var ns, var plural, ..] && !(plural is "status" or "finalize" && rest.Length == 3))
        {
            @namespace = ns;
            rest = rest[2..];
        }

        var isProxy = rest is ["nodes", _, "proxy", ..];
        if (rest.Length > 3 && !isProxy)
            return null;
        var name = rest.Length > 1 ? rest[1] : "";
        return new ApiRequest(
            VerbOf(request, name), group.Item1, group.Item2, rest[0], rest[0] == "namespaces" ? "" : @namespace, name, rest.Length > 2 ? rest[2] : "",
            served.Find(group.Item1, group.Item2, rest[0]))
        {
            SelectedName = NameIn(request.Query["fieldSelector"]),
            ProxyPath = isProxy ? string.Join('/', rest[3..]) : "",
        };
    }

    private static string NameIn(string? selector) =>
        selector?.Split(',').Select(s => s.Split('=', 2, StringSplitOptions.TrimEntries)).FirstOrDefault(s => s is ["metadata.name", _])?[1].TrimStart('=') ?? "";

    private static string VerbOf(HttpRequest request, string name) => request.Method switch
    {
        "GET" or "HEAD" when IsTrue(request.Query["watch"]) => "watch",
        "GET" or "HEAD" => name.Length > 0 ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name.Length > 0 ? "delete" : "deletecollection",
        _ => "",
    };

    /// <summary>A switch of the options of logs and streams: only its absence, "0" and "false" mean no, as in apimachinery.</summary>
    public static bool Flag(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values is [var first, ..]
        && first != "0" && !string.Equals(first, "false", StringComparison.OrdinalIgnoreCase);

    public static bool IsTrue(string? text) => text is "true" or "1" or "True";
}
