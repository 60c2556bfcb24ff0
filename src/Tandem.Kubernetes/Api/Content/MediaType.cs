using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>In which form a client wants an answer.</summary>
internal enum AnswerForm
{
    /// <summary>The objects themselves.</summary>
    Objects,

    /// <summary>meta.k8s.io/v1 Table: what kubectl prints.</summary>
    Table,

    /// <summary>meta.k8s.io/v1 PartialObjectMetadata.</summary>
    Metadata,
}

/// <summary>Content negotiation.</summary>
internal static class MediaType
{
    public static string Of(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value!.ToLowerInvariant() : "";

    /// <summary>The first form that the client accepts and we have.</summary>
    /// <exception cref="ApiException">406: none.</exception>
    public static AnswerForm Negotiate(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0)
            return AnswerForm.Objects;
        foreach (var type in MediaTypeHeaderValue.ParseList(request.Headers.Accept).OrderByDescending(t => t.Quality ?? 1))
        {
            if (type.MediaType.Value is not ("application/json" or "*/*" or "application/*"))
                continue;
            switch (Parameter(type, "as"))
            {
                case null:
                    return AnswerForm.Objects;
                case "Table" when Parameter(type, "v") is "v1" or "v1beta1":
                    return AnswerForm.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when Parameter(type, "v") is "v1" or "v1beta1":
                    return AnswerForm.Metadata;
            }
        }

        throw ApiException.NotAcceptable("application/json", "application/json;as=Table;g=meta.k8s.io;v=v1", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
    }

    /// <summary>Whether some accepted type has this parameter, as in as=APIGroupDiscoveryList.</summary>
    public static bool Accepts(HttpRequest request, string name, string value) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types) && types.Any(t => Parameter(t, name) == value);

    private static string? Parameter(MediaTypeHeaderValue type, string name) =>
        type.Parameters.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.GetUnescapedValue().Value;
}
