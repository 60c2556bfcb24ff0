using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Audit;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api;

internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>How a write is to be made, and by whom.</summary>
/// <param name="User">Who writes.</param>
/// <param name="FieldManager">Who owns the fields; from the query, else the program in the User-Agent.</param>
/// <param name="Validation">What to do with unknown fields, and with fields that are there twice.</param>
/// <param name="DryRun">Do everything but store it.</param>
/// <param name="Force">Take over the fields of other appliers; null where it was not said.</param>
internal sealed record WriteOptions(UserInfo User, string FieldManager, FieldValidation Validation, bool DryRun, bool? Force)
{
    private const int MaxManagerLength = 128;

    /// <summary>Told to the client in Warning headers.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Told to the audit log.</summary>
    public Dictionary<string, string> AuditAnnotations { get; init; } = [];

    /// <exception cref="ApiException">A parameter has an impossible value.</exception>
    public static WriteOptions Read(HttpRequest request, UserInfo user)
    {
        var dryRun = (string?)request.Query["dryRun"];
        if (dryRun is not (null or "" or "All"))
            throw ApiException.BadRequest($"dryRun: Unsupported value: \"{dryRun}\": supported values: \"All\"");
        var validation = (string?)request.Query["fieldValidation"] switch
        {
            "Strict" => FieldValidation.Strict,
            null or "" or "Warn" => FieldValidation.Warn,
            "Ignore" => FieldValidation.Ignore,
            var other => throw ApiException.BadRequest($"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
        };
        var manager = (string?)request.Query["fieldManager"];
        if (string.IsNullOrEmpty(manager))
            manager = ManagerOf(request.Headers.UserAgent.ToString());
        else if (manager.Length > MaxManagerLength)
            throw ApiException.BadRequest($"fieldManager: Too long: may not be more than {MaxManagerLength} bytes");
        bool? force = request.Query.ContainsKey("force") ? ApiRequest.IsTrue(request.Query["force"]) : null;
        return new WriteOptions(user, manager, validation, dryRun == "All", force)
        {
            AuditAnnotations = request.HttpContext.Features.Get<AuditRecord>()?.Annotations ?? [],
        };
    }

    /// <summary>Unknown fields, and fields that were there twice: an error, warnings, or nothing.</summary>
    public void Report(IReadOnlyList<string> unknown, IEnumerable<string> duplicates, string version, string kind)
    {
        // What is unknown is not looked into.
        List<string> problems =
        [
            .. duplicates.Where(d => !unknown.Any(u => d == u || d.StartsWith(u + '.', StringComparison.Ordinal) || d.StartsWith(u + '[', StringComparison.Ordinal)))
                .Select(d => $"duplicate field \"{d}\""),
            .. unknown.Select(u => $"unknown field \"{u}\""),
        ];
        if (problems.Count == 0 || Validation == FieldValidation.Ignore)
            return;
        if (Validation == FieldValidation.Strict)
            throw ApiException.BadRequest(
                $"{kind} in version \"{version}\" cannot be handled as a {kind}: strict decoding error: {string.Join(", ", problems)}");
        Warnings.AddRange(problems);
    }

    private static string ManagerOf(string userAgent)
    {
        var name = userAgent.Split('/')[0];
        return name.Length == 0 ? "unknown" : name.Length > MaxManagerLength ? name[..MaxManagerLength] : name;
    }
}

/// <summary>The body of a DELETE, or its query.</summary>
/// <param name="GracePeriodSeconds">Null leaves it to the object.</param>
/// <param name="Propagation">Background, Foreground, Orphan, or null for the kind's default.</param>
/// <param name="Uid">Delete only this incarnation.</param>
/// <param name="ResourceVersion">Delete only at this version.</param>
internal sealed record DeleteOptions(long? GracePeriodSeconds, string? Propagation, string? Uid, string? ResourceVersion)
{
    /// <exception cref="ApiException">An unknown propagation policy or a negative period.</exception>
    public static DeleteOptions Read(JsonObject? body, HttpRequest request)
    {
        var grace = body.Number("gracePeriodSeconds");
        if (grace is null && long.TryParse(request.Query["gracePeriodSeconds"], out var seconds))
            grace = seconds;
        if (grace < 0)
            throw ApiException.BadRequest("gracePeriodSeconds: must be greater than or equal to 0");
        var propagation = body.Text("propagationPolicy") ?? (string?)request.Query["propagationPolicy"];
        if (propagation is null && body.At("orphanDependents") is not null)
            propagation = body.Flag("orphanDependents") ? "Orphan" : "Background";
        if (propagation is not (null or "" or "Background" or "Foreground" or "Orphan"))
            throw ApiException.BadRequest($"propagationPolicy: Unsupported value: \"{propagation}\": supported values: \"Background\", \"Foreground\", \"Orphan\"");
        return new DeleteOptions(grace, propagation, body.Text("preconditions", "uid"), body.Text("preconditions", "resourceVersion"));
    }
}
