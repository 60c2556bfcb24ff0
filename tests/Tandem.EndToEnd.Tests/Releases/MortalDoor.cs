using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tandem.EndToEnd.Tests.Releases;

/// <summary>How many more changes somebody may make who is to die then.</summary>
internal sealed class Lifetime(int changes)
{
    private readonly Lock _lock = new();
    private int _made;

    /// <summary>The changes that were made or tried.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>Whether the one who asks has died: what it sends then reaches nobody.</summary>
    public bool Died => Made > changes;

    /// <summary>Counts a change.</summary>
    /// <returns>Whether it is still made.</returns>
    public bool Lives(bool change)
    {
        lock (_lock)
        {
            if (change && _made <= changes)
                _made++;
            return _made <= changes;
        }
    }
}

/// <summary>
/// A cluster's real API by way of a door that somebody's requests stop coming through: after its n-th change whoever deploys is
/// as dead as by <c>kill -9</c> at that moment, for a deployment has no memory but the clusters.
/// </summary>
internal sealed class MortalDoor : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpClient _api;

    private MortalDoor(WebApplication server, HttpClient api) => (_server, _api) = (server, api);

    /// <summary>Who comes through it.</summary>
    public Lifetime Visitor { get; set; } = new(int.MaxValue);

    /// <summary>A kubeconfig that leads through the door.</summary>
    public string Kubeconfig => $$"""
        apiVersion: v1
        kind: Config
        current-context: door
        contexts: [ { name: door, context: { cluster: door, user: nobody } } ]
        clusters: [ { name: door, cluster: { server: "{{_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}}" } } ]
        users: [ { name: nobody, user: { token: none } } ]
        """;

    /// <param name="kubeconfig">The cluster's own.</param>
    public static async Task<MortalDoor> OpenAsync(string kubeconfig)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
        var api = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [X509Certificate2.CreateFromPem(Pem(config.ClientCertificateData), Pem(config.ClientCertificateKeyData))],
                CertificateChainPolicy = Trusting(config.SslCaCerts),
            },
        })
        { BaseAddress = new Uri(config.Host) };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var door = new MortalDoor(builder.Build(), api);
        door._server.Run(door.PassAsync);
        await door._server.StartAsync();
        return door;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _api.Dispose();
    }

    private static string Pem(string base64) => Encoding.ASCII.GetString(Convert.FromBase64String(base64));

    private static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private async Task PassAsync(HttpContext context)
    {
        var (from, to) = (context.Request, context.Response);
        // Leases are renewed by the clock and not by what a deployment does: they would make the count a matter of chance.
        var change = !HttpMethods.IsGet(from.Method) && from.Query["dryRun"].Count == 0 && !from.Path.Value!.Contains("/leases", StringComparison.Ordinal);
        if (!Visitor.Lives(change))
        {
            context.Abort();
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(from.Method), from.Path + from.QueryString.Value);
        if (from.ContentType is { } type)
        {
            request.Content = new StreamContent(from.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (from.Headers.Accept is { Count: > 0 } accept)
            request.Headers.TryAddWithoutValidation("Accept", accept.AsEnumerable());
        using var answer = await _api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        to.StatusCode = (int)answer.StatusCode;
        to.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(to.Body, context.RequestAborted);
    }
}
