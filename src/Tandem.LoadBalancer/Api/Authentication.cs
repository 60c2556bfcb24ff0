using Microsoft.AspNetCore.Http;

namespace Tandem.LoadBalancer.Api;

/// <summary>
/// Who may ask: whoever knows the token. It may come as a bearer token, or as the key of the older pair X-Auth-Email and
/// X-Auth-Key, which some tools still send. There is one user here, so that any address does, but there must be one.
/// <see href="https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/">Cloudflare: API calls</see>.
/// </summary>
internal sealed class Authentication(BearerToken token)
{
    private const string Scheme = "Bearer ";

    /// <exception cref="ApiException">The request has no token, or another one.</exception>
    public void Check(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            if (!token.Matches(header[Scheme.Length..].Trim()))
                throw ApiException.Of(403, ErrorCodes.Authentication, "Authentication error");
            return;
        }

        if (request.Headers["X-Auth-Key"] is not [{ } key] || request.Headers["X-Auth-Email"] is not [{ Length: > 0 }])
            throw ApiException.Of(400, ErrorCodes.MissingAuthentication, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
        if (!token.Matches(key.Trim()))
            throw ApiException.Of(403, ErrorCodes.UnknownKey, "Unknown X-Auth-Key or X-Auth-Email");
    }
}
