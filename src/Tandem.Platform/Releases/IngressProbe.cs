using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>Asks a cluster's own ingress for every path that its Ingresses promise, past DNS and past the load balancer.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="time">The clock.</param>
public sealed class IngressProbe(Cluster cluster, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A name that no Ingress has: what is answered to it is what is answered where there is no route.</summary>
    private const string NoHost = "no-such-host.invalid";

    /// <summary>Waits until every path is answered.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="say">Told what is not answered yet, whenever that changes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(IReadOnlyList<IngressPath> paths, Action<string> say, CancellationToken cancellationToken)
    {
        var said = "";
        while ((await CheckAsync(paths, cancellationToken)).FirstOrDefault(a => a.Trouble is not null) is { } missing)
        {
            var text = $"{missing.Path}: {missing.Trouble}";
            if (text != said)
                say($"waiting for {said = text}");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Asks for every path once.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyList<IngressAnswer>> CheckAsync(IReadOnlyList<IngressPath> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0)
            return [];
        var trusted = await TrustedAsync(paths, cancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = PastDns.ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, errors) => Trusts(trusted, shown, errors) },
        })
        { Timeout = Patience, MaxResponseContentBufferSize = 16 * 1024 * 1024 };
        var answers = new List<IngressAnswer>();
        foreach (var ingress in paths.GroupBy(p => (p.Namespace, p.Ingress)))
        {
            var live = await cluster.GetAsync(new ObjectReference("networking.k8s.io/v1", "Ingress", ingress.Key.Namespace, ingress.Key.Ingress), cancellationToken);
            if (live is null || IngressAddress.Of(live) is not { } address)
            {
                answers.AddRange(ingress.Select(p => new IngressAnswer(p, null, "the Ingress has no address")));
                continue;
            }

            var none = await AskAsync(http, address, new IngressPath("", "", NoHost, "/", null), cancellationToken);
            answers.AddRange(await Task.WhenAll(ingress.Select(async p => Judge(p, await AskAsync(http, address, p, cancellationToken), none))));
        }

        return answers;
    }

    /// <summary>An answer of the application, whatever it is, unless it is an error of the server's. Pure.</summary>
    internal static IngressAnswer Judge(IngressPath path, Asked asked, Asked none) => asked switch
    {
        { Failure: { } failure } => new IngressAnswer(path, null, failure),
        { Status: >= 500 } => new IngressAnswer(path, asked.Status, $"HTTP {asked.Status}"),
        { Status: 404 } when asked.Body == none.Body => new IngressAnswer(path, 404, "no route yet"),
        _ => new IngressAnswer(path, asked.Status, null),
    };

    /// <summary>What was answered.</summary>
    internal sealed record Asked(int Status, string Body, string? Failure);

    private static async Task<Asked> AskAsync(HttpClient http, string address, IngressPath path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{(path.TlsSecret is null ? "http" : "https")}://{path.Host ?? address}{path.Path}");
        PastDns.To(request, address);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            return new Asked((int)answer.StatusCode, answer.StatusCode == HttpStatusCode.NotFound ? await answer.Content.ReadAsStringAsync(cancellationToken) : "", null);
        }
        catch (HttpRequestException e)
        {
            return new Asked(0, "", (e.InnerException ?? e).Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Asked(0, "", $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>By an authority of this machine, or as the very certificate of the Ingress's Secret.</summary>
    private static bool Trusts(IReadOnlySet<string> trusted, X509Certificate? shown, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None || (shown is not null && trusted.Contains(shown.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256)));

    private async Task<IReadOnlySet<string>> TrustedAsync(IReadOnlyList<IngressPath> paths, CancellationToken cancellationToken)
    {
        var trusted = new HashSet<string>();
        foreach (var (space, name) in paths.Where(p => !string.IsNullOrEmpty(p.TlsSecret)).Select(p => (p.Namespace, p.TlsSecret!)).Distinct())
        {
            var secret = await cluster.GetAsync(new ObjectReference("v1", "Secret", space, name), cancellationToken);
            if ((string?)secret?["data"]?["tls.crt"] is not { } text)
                continue;
            using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
            trusted.Add(certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256));
        }

        return trusted;
    }
}

/// <summary>What a cluster's ingress answered.</summary>
/// <param name="Path">To which path.</param>
/// <param name="Status">The HTTP status; null where there was no answer.</param>
/// <param name="Trouble">What is wrong with it; null for nothing.</param>
public sealed record IngressAnswer(IngressPath Path, int? Status, string? Trouble);
