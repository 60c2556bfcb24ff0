using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Authentication;

/// <summary>Who makes a request. See https://kubernetes.io/docs/reference/access-authn-authz/authentication/.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Groups">Their groups.</param>
internal sealed record UserInfo(string Name, IReadOnlyList<string> Groups)
{
    public const string Masters = "system:masters";
    public const string Authenticated = "system:authenticated";
    public const string Unauthenticated = "system:unauthenticated";
    public const string ServiceAccountPrefix = "system:serviceaccount:";

    public static readonly UserInfo Anonymous = new("system:anonymous", [Unauthenticated]);

    /// <summary>Tells two users of one name apart; empty where nothing does.</summary>
    public string Uid { get; init; } = "";

    /// <summary>More that is known of them, such as the pod whose token they use.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public static UserInfo ServiceAccount(string @namespace, string name) => new(
        $"{ServiceAccountPrefix}{@namespace}:{name}", ["system:serviceaccounts", $"system:serviceaccounts:{@namespace}", Authenticated]);

    /// <summary>The user of a review's specification.</summary>
    public static UserInfo Read(JsonNode? spec) => new(spec.Text("user") ?? "", [.. spec.Texts("groups")])
    {
        Uid = spec.Text("uid") ?? "",
        Extra = (spec.Child("extra") ?? []).ToDictionary(e => e.Key, e => (IReadOnlyList<string>)[.. e.Value.Texts()]),
    };

    /// <summary>As authentication.k8s.io/v1 UserInfo.</summary>
    public JsonObject ToJson()
    {
        var value = new JsonObject { ["username"] = Name };
        if (Uid.Length > 0)
            value["uid"] = Uid;
        if (Groups.Count > 0)
            value["groups"] = new JsonArray([.. Groups.Select(g => (JsonNode)g)]);
        if (Extra.Count > 0)
            value["extra"] = new JsonObject(Extra.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)new JsonArray([.. e.Value.Select(v => (JsonNode)v)]))));
        return value;
    }
}
