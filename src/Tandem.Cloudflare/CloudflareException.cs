using System.Net;
using Tandem.Cloudflare.Model;

namespace Tandem.Cloudflare;

/// <summary>The API refused a request, or could not do it after several attempts.</summary>
public sealed class CloudflareException : Exception
{
    /// <summary>Takes what was asked, the HTTP status and the errors of the envelope; none where the answer was not an envelope.</summary>
    public CloudflareException(string operation, HttpStatusCode status, IReadOnlyList<CloudflareError> errors)
        : base($"{operation}: {Describe(status, errors)}")
    {
        Status = status;
        Errors = errors;
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>All errors of the envelope.</summary>
    public IReadOnlyList<CloudflareError> Errors { get; }

    /// <summary>The first error's code; 0 where the answer named none.</summary>
    public int Code => Errors.Count > 0 ? Errors[0].Code : 0;

    private static string Describe(HttpStatusCode status, IReadOnlyList<CloudflareError> errors) => errors.Count == 0
        ? $"HTTP {(int)status}"
        : string.Join("; ", errors.Select(e => $"{e.Message} ({(int)status}/{e.Code})"));
}
