using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>Reads the API's PodLogOptions from a query, and checks them as kube-apiserver does. Pure.</summary>
internal static class PodLogQuery
{
    private static readonly string[] Streams = [LogStreams.All, LogStreams.Stderr, LogStreams.Stdout];

    /// <exception cref="ApiException">400: a value cannot be read. 422: the values make no sense.</exception>
    public static ContainerLogOptions Read(IQueryCollection query, string pod)
    {
        var options = new ContainerLogOptions
        {
            Container = query["container"].ToString(),
            Follow = ApiRequest.Flag(query, "follow"),
            Previous = ApiRequest.Flag(query, "previous"),
            SinceSeconds = Number(query, "sinceSeconds"),
            SinceTime = Time(query, "sinceTime"),
            TailLines = Number(query, "tailLines"),
            Timestamps = ApiRequest.Flag(query, "timestamps"),
            LimitBytes = Number(query, "limitBytes"),
            Stream = query.TryGetValue("stream", out var stream) ? stream[0] ?? "" : LogStreams.All,
        };
        var errors = new FieldErrors();
        Validate(options, errors);
        return errors.All.Count == 0 ? options : throw ApiException.Invalid("", "PodLogOptions", pod, errors.All);
    }

    private static void Validate(ContainerLogOptions options, FieldErrors errors)
    {
        const string positive = "must be greater than 0";
        if (options.TailLines is < 0)
            errors.Invalid("tailLines", options.TailLines, "must be greater than or equal to 0");
        if (options.LimitBytes is < 1)
            errors.Invalid("limitBytes", options.LimitBytes, positive);
        if (options.SinceSeconds is not null && options.SinceTime is not null)
            errors.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified");
        else if (options.SinceSeconds is < 1)
            errors.Invalid("sinceSeconds", options.SinceSeconds, positive);
        if (!Streams.Contains(options.Stream))
            errors.NotSupported("stream", options.Stream, Streams);
        // Where the last lines of one stream begin cannot be found from the end of the file alone (KEP-4572).
        if (options.Stream != LogStreams.All && options.TailLines is not null)
            errors.Forbidden("", "`tailLines` and specific `stream` are mutually exclusive for now");
    }

    private static long? Number(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values))
            return null;
        return long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiException.BadRequest($"strconv.ParseInt: parsing \"{values[0]}\": invalid syntax");
    }

    private static DateTimeOffset? Time(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && text.Contains('T', StringComparison.Ordinal)
            ? time
            : throw ApiException.BadRequest($"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"");
    }
}
