namespace Tandem.Ingress.Translation;

/// <summary>What one host answers.</summary>
/// <param name="Host">A DNS name, <c>*.</c> and a DNS name, or null for all hosts that no other server has.</param>
/// <param name="Certificate">Null where the default certificate is to be shown.</param>
/// <param name="Routes">By path.</param>
internal sealed record Server(string? Host, Certificate? Certificate, IReadOnlyList<Route> Routes);

/// <summary>Where the requests of one path go.</summary>
/// <param name="Path">Without the closing slash where it stands for a prefix; <c>/</c> for all.</param>
/// <param name="Exact">Whether only this very path is meant, and not those below it.</param>
/// <param name="Backend">The service's endpoints.</param>
/// <param name="RedirectToHttps">Whether plain HTTP is answered by a redirect.</param>
internal sealed record Route(string Path, bool Exact, Upstream Backend, bool RedirectToHttps)
{
    /// <summary>Kubernetes' path matching, by whole path elements.</summary>
    public bool Matches(string path) =>
        path == Path || (!Exact && (Path == "/" || path.StartsWith(Path + "/", StringComparison.Ordinal)));
}

/// <summary>The endpoints of one port of a service.</summary>
/// <param name="Name"><c>namespace.service.port</c>: unambiguous, as neither of the first two may hold a dot.</param>
/// <param name="Endpoints">Address and port of each; none where nobody can answer.</param>
internal sealed record Upstream(string Name, IReadOnlyList<string> Endpoints);

/// <summary>A certificate with its chain and private key, as PEM.</summary>
/// <param name="Name">A digest of the content, so that a file of this name never changes.</param>
/// <param name="Pem">The chain, leaf first, then the key.</param>
internal sealed record Certificate(string Name, string Pem);
