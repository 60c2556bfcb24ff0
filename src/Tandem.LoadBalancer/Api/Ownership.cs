using Microsoft.AspNetCore.Http;

namespace Tandem.LoadBalancer.Api;

/// <summary>There is one account and one zone: a path into another one is answered as Cloudflare answers a token without rights there.</summary>
internal sealed class Ownership(LoadBalancerOptions options)
{
    /// <exception cref="ApiException">The path names an account or zone that is none, or another one.</exception>
    public void Check(PathString path)
    {
        if (path.Value is not { } text || !text.StartsWith(ApiRoutes.Base + "/", StringComparison.Ordinal))
            return;
        var own = text[(ApiRoutes.Base.Length + 1)..].Split('/') switch
        {
            ["accounts", { Length: > 0 } id, ..] => Own(id, options.AccountId, text),
            ["zones", { Length: > 0 } id, ..] => Own(id, options.ZoneId, text),
            _ => true,
        };
        if (!own)
            throw ApiException.Of(403, ErrorCodes.Authentication, "Authentication error");
    }

    private static bool Own(string id, string own, string path) => id.Length == 32 && id.All(char.IsAsciiHexDigit)
        ? id == own
        : throw ApiException.Of(404, ErrorCodes.InvalidIdentifier, $"Could not route to {path}, perhaps your object identifier is invalid?");
}
