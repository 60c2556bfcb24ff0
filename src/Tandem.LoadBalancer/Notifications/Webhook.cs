namespace Tandem.LoadBalancer.Notifications;

/// <summary>Who is told of decisions.</summary>
/// <param name="Url">Where to POST: http or https, without a user name. It may itself be a secret, and is not logged.</param>
/// <param name="SecretFile">A file that nobody but its owner may read, with the key of the signature; null for none.</param>
public sealed record Webhook(Uri Url, string? SecretFile = null)
{
    /// <summary>How many there may be.</summary>
    public const int Most = 10;

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? Error =>
        !Url.IsAbsoluteUri || Url.Scheme is not ("http" or "https") ? "must be a URL that begins with https:// or http://"
        : Url.UserInfo.Length > 0 ? "must not hold a user name or password"
        : null;

    /// <summary>The host alone.</summary>
    public override string ToString() => Url.Authority;
}
