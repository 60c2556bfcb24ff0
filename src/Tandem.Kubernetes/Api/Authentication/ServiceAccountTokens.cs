using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.Authentication;

/// <summary>
/// Issues and checks the tokens of service accounts: signed, expiring, and bound to the account and the pod, so that
/// they end with either. See https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
/// </summary>
internal sealed class ServiceAccountTokens
{
    public const string Audience = "https://kubernetes.default.svc.cluster.local";

    private const long DefaultSeconds = 3600;
    private const long MinSeconds = 600;
    private const long MaxSeconds = 24 * 3600;

    /// <summary>A signature is checked once; whether account and pod are still there, every time.</summary>
    private const int MaxVerified = 4096;

    private readonly ConcurrentDictionary<string, Bound> _verified = new(StringComparer.Ordinal);
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials;
    private readonly TokenValidationParameters _validation;
    private readonly Caches _caches;
    private readonly TimeProvider _time;

    public ServiceAccountTokens(ECDsa key, Caches caches, TimeProvider time)
    {
        _caches = caches;
        _time = time;
        var security = new ECDsaSecurityKey(key) { KeyId = "tandem" };
        _credentials = new SigningCredentials(security, SecurityAlgorithms.EcdsaSha256);
        _validation = Validation(Audience);
    }

    private TokenValidationParameters Validation(string audience) => new()
    {
        IssuerSigningKey = _credentials.Key,
        ValidIssuer = Audience,
        ValidAudience = audience,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        RequireExpirationTime = true,
        RequireSignedTokens = true,

        // Only this server issues tokens: one from the future is one from before the clock was set back, and still good.
        LifetimeValidator = (_, until, _, _) => until > _time.GetUtcNow().UtcDateTime,
    };

    /// <param name="account">The ServiceAccount.</param>
    /// <param name="pod">The pod that the token is bound to; null for none.</param>
    /// <param name="audiences">Empty for the API itself.</param>
    /// <param name="seconds">Wanted life; clamped to 10 minutes to one day, an hour by default.</param>
    public (string Token, DateTimeOffset Expires) Issue(JsonObject account, JsonObject? pod, IReadOnlyList<string> audiences, long? seconds)
    {
        var now = _time.GetUtcNow();
        var expires = now.AddSeconds(Math.Clamp(seconds ?? DefaultSeconds, MinSeconds, MaxSeconds));
        var kubernetes = new Dictionary<string, object>
        {
            ["namespace"] = account.Text("metadata", "namespace")!,
            ["serviceaccount"] = Reference(account),
        };
        if (pod is not null)
            kubernetes["pod"] = Reference(pod);
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = _credentials,
            Subject = new ClaimsIdentity([new Claim("sub", $"system:serviceaccount:{account.Text("metadata", "namespace")}:{account.Text("metadata", "name")}")]),
            Claims = new Dictionary<string, object>
            {
                ["jti"] = Guid.NewGuid().ToString(),
                ["aud"] = audiences.Count > 0 ? audiences.ToArray() : [Audience],
                ["kubernetes.io"] = kubernetes,
            },
        });
        return (token, expires);
    }

    /// <summary>The account a token speaks for, or null where it is forged, expired, or its account or pod is gone.</summary>
    /// <param name="token">The token.</param>
    /// <param name="audience">For whom it has to be issued: the API itself, or whom a review names.</param>
    public async Task<UserInfo?> CheckAsync(string token, string audience = Audience)
    {
        var bound = audience == Audience && _verified.TryGetValue(token, out var known) ? known : await VerifyAsync(token, audience);
        return bound is not null && bound.Until > _time.GetUtcNow().UtcDateTime
            && Exists("serviceaccounts", bound.Namespace, bound.Name, bound.User.Uid)
            && (bound.Pod is null || Exists("pods", bound.Namespace, bound.Pod, bound.PodUid))
                ? bound.User
                : null;
    }

    private async Task<Bound?> VerifyAsync(string token, string audience)
    {
        var result = await _handler.ValidateTokenAsync(token, audience == Audience ? _validation : Validation(audience));
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt || !jwt.TryGetPayloadValue<System.Text.Json.JsonElement>("kubernetes.io", out var claim))
            return null;
        var claims = JsonNode.Parse(claim.GetRawText());
        var @namespace = claims.Text("namespace") ?? "";
        var name = claims.Text("serviceaccount", "name") ?? "";
        var user = UserInfo.ServiceAccount(@namespace, name) with { Uid = claims.Text("serviceaccount", "uid") ?? "", Extra = ExtraOf(jwt, claims) };
        var bound = new Bound(user, @namespace, name, claims.Child("pod") is null ? null : claims.Text("pod", "name") ?? "", claims.Text("pod", "uid"), jwt.ValidTo);
        if (audience != Audience)
            return bound;
        if (_verified.Count >= MaxVerified)
            _verified.Clear();
        _verified[token] = bound;
        return bound;
    }

    /// <summary>What a token says, once its signature was found to be right.</summary>
    private sealed record Bound(UserInfo User, string Namespace, string Name, string? Pod, string? PodUid, DateTime Until);

    private static Dictionary<string, IReadOnlyList<string>> ExtraOf(JsonWebToken token, JsonNode? bound)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>();
        if (token.Id is { Length: > 0 } id)
            extra["authentication.kubernetes.io/credential-id"] = [$"JTI={id}"];
        foreach (var (kind, field) in new[] { ("pod", "name"), ("pod", "uid"), ("node", "name"), ("node", "uid") })
            if (bound.Text(kind, field) is { } value)
                extra[$"authentication.kubernetes.io/{kind}-{field}"] = [value];
        return extra;
    }

    private bool Exists(string plural, string @namespace, string name, string? uid) =>
        _caches[plural].Get(@namespace, name) is { } found && found.Uid == uid;

    private static Dictionary<string, object> Reference(JsonObject value) => new()
    {
        ["name"] = value.Text("metadata", "name")!,
        ["uid"] = value.Text("metadata", "uid")!,
    };
}
