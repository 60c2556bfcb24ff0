using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>The query of a list or watch, checked as kube-apiserver checks it.</summary>
internal sealed record ListOptions(
    LabelSelector Labels,
    FieldSelector Fields,
    long Limit,
    string? Continue,
    long? ResourceVersion,
    string Match,
    bool SendInitialEvents,
    bool AllowBookmarks,
    TimeSpan? Timeout)
{
    /// <exception cref="ApiException">400 or 422 for impossible values and combinations.</exception>
    public static ListOptions Read(HttpRequest request, Resource resource, bool watch)
    {
        var query = request.Query;
        var options = new ListOptions(
            Parse(() => LabelSelector.Parse(query["labelSelector"].ToString())),
            Parse(() => FieldSelector.Parse(query["fieldSelector"].ToString())),
            Number(query, "limit") ?? 0,
            (string?)query["continue"] is { Length: > 0 } token ? token : null,
            Number(query, "resourceVersion"),
            query["resourceVersionMatch"].ToString(),
            query.ContainsKey("sendInitialEvents") && ApiRequest.IsTrue(query["sendInitialEvents"]),
            ApiRequest.IsTrue(query["allowWatchBookmarks"]),
            Number(query, "timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null);

        if (options.Fields.Unsupported(resource.AllSelectableFields([])) is { } unknown)
            throw ApiException.BadRequest($"\"{unknown}\" is not a known field selector: only {string.Join(", ", resource.AllSelectableFields([]).Keys.Order(StringComparer.Ordinal).Select(k => $"\"{k}\""))}");
        options.CheckMatch(watch, query.ContainsKey("sendInitialEvents"));
        return options;
    }

    public bool Matches(StoredObject value) => Labels.Matches(value.Facts.Labels) && Fields.Matches(value.Facts.Fields);

    public bool HasSelector => !Labels.IsEmpty || !Fields.IsEmpty;

    private void CheckMatch(bool watch, bool initialEventsGiven)
    {
        var errors = new FieldErrors();
        if (watch)
        {
            if (Match.Length > 0 && !initialEventsGiven)
                errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            if (initialEventsGiven && Match != "NotOlderThan")
                errors.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
        else
        {
            if (initialEventsGiven)
                errors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
            if (Match.Length > 0 && ResourceVersion is null)
                errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
            if (Match.Length > 0 && Continue is not null)
                errors.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
            if (Match == "Exact" && ResourceVersion == 0)
                errors.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }

        if (Match is not ("" or "Exact" or "NotOlderThan"))
            errors.NotSupported("resourceVersionMatch", Match, "Exact", "NotOlderThan");
        if (errors.All.Count > 0)
            throw ApiException.Invalid("meta.k8s.io", "ListOptions", "", errors.All);
        if (Continue is not null && ResourceVersion is > 0)
            throw ApiException.BadRequest("specifying resource version is not allowed when using continue");
    }

    private static long? Number(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiException.BadRequest($"{name}: Invalid value: \"{text}\": must be a non-negative integer");
    }

    private static T Parse<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException e)
        {
            throw ApiException.BadRequest(e.Message);
        }
    }
}
