using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Authentication;

namespace Tandem.Kubernetes.Api.Audit;

/// <summary>What the audit log says of one request: who did what to which object, and how it ended, without any content. See
/// https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/.</summary>
/// <param name="received">When the request came.</param>
internal sealed class AuditRecord(DateTimeOffset received)
{
    private static readonly string[] Streams = ["exec", "attach", "portforward"];

    /// <summary>Identifies the request; also sent to the client as Audit-Id.</summary>
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>Remarks of those who handled it, such as violations of a Pod Security level.</summary>
    public Dictionary<string, string> Annotations { get; } = [];

    /// <summary>Who sent it.</summary>
    public UserInfo? User { get; set; }

    /// <summary>In whose name, where that is somebody else.</summary>
    public UserInfo? ImpersonatedUser { get; set; }

    public ApiRequest? Request { get; set; }

    /// <summary>Whether it changes something, or opens a way into a container.</summary>
    public bool IsKept => Request is { Verb: "create" or "update" or "patch" or "delete" or "deletecollection" }
        || Streams.Contains(Request?.Subresource);

    public JsonObject ToJson(HttpContext context, DateTimeOffset now)
    {
        var value = new JsonObject
        {
            ["kind"] = "Event",
            ["apiVersion"] = "audit.k8s.io/v1",
            ["level"] = "Metadata",
            ["auditID"] = Id,
            ["stage"] = "ResponseComplete",
            ["requestURI"] = context.Request.Path + context.Request.QueryString,
            ["verb"] = Request!.Verb,
            ["user"] = (User ?? UserInfo.Anonymous).ToJson(),
            ["impersonatedUser"] = ImpersonatedUser?.ToJson(),
            ["sourceIPs"] = new JsonArray(context.Connection.RemoteIpAddress?.ToString()),
            ["userAgent"] = context.Request.Headers.UserAgent.ToString(),
            ["objectRef"] = Object(Request),
            ["responseStatus"] = new JsonObject { ["metadata"] = new JsonObject(), ["code"] = context.Response.StatusCode },
            ["requestReceivedTimestamp"] = Micro(received),
            ["stageTimestamp"] = Micro(now),
        };
        if (Annotations.Count > 0)
            value["annotations"] = new JsonObject(Annotations.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));
        return value.WithoutNulls();
    }

    private static JsonObject Object(ApiRequest request)
    {
        var value = new JsonObject();
        foreach (var (field, text) in new[]
        {
            ("resource", request.Plural), ("namespace", request.Namespace), ("name", request.Name), ("apiGroup", request.Group),
            ("apiVersion", request.Version), ("subresource", request.Subresource),
        })
            if (text.Length > 0)
                value[field] = text;
        return value;
    }

    private static string Micro(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
