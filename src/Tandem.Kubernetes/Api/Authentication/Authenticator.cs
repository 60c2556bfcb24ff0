using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Authentication;

/// <summary>Who is it: by client certificate (CN and O), by service-account token, in the header or in a WebSocket's, or nobody.</summary>
internal sealed class Authenticator(ServiceAccountTokens tokens)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string Bearer = "Bearer ";

    /// <exception cref="ApiException">401: credentials were given, and they are wrong.</exception>
    public async Task<UserInfo> AuthenticateAsync(HttpContext context)
    {
        // Taken out in any case, whatever else tells who it is.
        var offered = WebSocketToken.Take(context.Request);
        // Kestrel has checked it against the cluster's authority before the request came here.
        if (context.Connection.ClientCertificate is { } certificate)
            return Of(certificate);
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return offered is null ? UserInfo.Anonymous : await tokens.CheckAsync(offered) ?? throw ApiException.Unauthorized();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            throw ApiException.Unauthorized();
        return await tokens.CheckAsync(header[Bearer.Length..].Trim()) ?? throw ApiException.Unauthorized();
    }

    private static UserInfo Of(X509Certificate2 certificate)
    {
        var name = "";
        var groups = new List<string> { UserInfo.Authenticated };
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.GetSingleElementType().Value == CommonName)
                name = part.GetSingleElementValue() ?? "";
            else if (part.GetSingleElementType().Value == Organization)
                groups.Add(part.GetSingleElementValue() ?? "");
        }

        return new UserInfo(name, groups);
    }
}
