using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Errors;

/// <summary>
/// A refusal with the Status that kube-apiserver would send. See
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/.
/// </summary>
internal sealed class ApiException(int code, string? reason, string message, JsonObject? details = null) : Exception(message)
{
    /// <summary>The HTTP status code.</summary>
    public int Code { get; } = code;

    /// <summary>The machine-readable reason; null where the real server sends none.</summary>
    public string? Reason { get; } = reason;

    public JsonObject? Details { get; } = details;

    /// <summary>Seconds after which to try again; null for none.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A token to go on with, in the Status's metadata; null for none.</summary>
    public string? Continue { get; init; }

    public static ApiException NotFound(string resource, string name, string group = "") =>
        new(404, "NotFound", $"{Qualified(resource, group)} \"{name}\" not found", DetailsOf(name, group, resource));

    public static ApiException AlreadyExists(string resource, string name, string group = "") =>
        new(409, "AlreadyExists", $"{Qualified(resource, group)} \"{name}\" already exists", DetailsOf(name, group, resource));

    public static ApiException Conflict(string resource, string name, string why, string group = "") =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {Qualified(resource, group)} \"{name}\": {why}", DetailsOf(name, group, resource));

    public static ApiException Modified(string resource, string name, string group = "") =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again", group);

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException Forbidden(string resource, string name, string why, string group = "", JsonArray? causes = null)
    {
        var details = DetailsOf(name, group, resource);
        if (causes is not null)
            details["causes"] = causes;
        var subject = name.Length > 0 ? $"{Qualified(resource, group)} \"{name}\"" : Qualified(resource, group);
        return new(403, "Forbidden", $"{subject} is forbidden: {why}", details);
    }

    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiException Expired(string message) => new(410, "Expired", message);

    public static ApiException UnsupportedMediaType(params string[] accepted) => new(
        415,
        "UnsupportedMediaType",
        $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    public static ApiException NotAcceptable(params string[] offered) => new(
        406, "NotAcceptable", $"only the following media types are accepted: {string.Join(", ", offered)}");

    public static ApiException TooLarge(long limit) =>
        new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static ApiException Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        var text = errors.Count == 1 ? errors[0].ToString() : $"[{string.Join(", ", errors)}]";
        return new(422, "Invalid", $"{(group.Length > 0 ? $"{kind}.{group}" : kind)} \"{name}\" is invalid: {text}", new JsonObject
        {
            ["name"] = name,
            ["group"] = group.Length > 0 ? group : null,
            ["kind"] = kind,
            ["causes"] = new JsonArray([.. errors.Select(e => e.ToCause())]),
        }.WithoutNulls());
    }

    /// <summary>The answer to a client that is ahead of this server.</summary>
    public static ApiException RevisionTooLarge(long wanted, long current) => new(
        504,
        "Timeout",
        $"Too large resource version: {wanted}, current: {current}",
        new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
            ["retryAfterSeconds"] = 1,
        })
    {
        RetryAfterSeconds = 1,
    };

    /// <summary>The Status object for a body or a watch event.</summary>
    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = Continue is null ? new JsonObject() : new JsonObject { ["continue"] = Continue },
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason is not null)
            status["reason"] = Reason;
        if (Details is not null)
            status["details"] = Details.DeepClone();
        status["code"] = Code;
        return status;
    }

    private static JsonObject DetailsOf(string name, string group, string kind)
    {
        var details = new JsonObject();
        if (name.Length > 0)
            details["name"] = name;
        if (group.Length > 0)
            details["group"] = group;
        details["kind"] = kind;
        return details;
    }

    private static string Qualified(string resource, string group) => group.Length > 0 ? $"{resource}.{group}" : resource;
}
