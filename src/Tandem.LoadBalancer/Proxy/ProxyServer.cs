using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>The listeners of the proxy; what they answer is in <see cref="ProxyHandler"/>.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    /// <summary>How long a client may take for its request's headers.</summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _application;

    private ProxyServer(WebApplication application, IReadOnlyList<IPEndPoint> http, IReadOnlyList<IPEndPoint> https) =>
        (_application, Http, Https) = (application, http, https);

    /// <summary>Where HTTP is served.</summary>
    public IReadOnlyList<IPEndPoint> Http { get; }

    /// <summary>Where HTTPS is served.</summary>
    public IReadOnlyList<IPEndPoint> Https { get; }

    /// <summary>Binds the addresses and answers.</summary>
    /// <exception cref="IOException">An address is in use or cannot be bound; the message says why.</exception>
    public static async Task<ProxyServer> StartAsync(
        ProxyOptions options, ServerCertificates? certificates, ProxyHandler handler, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            Limit(kestrel.Limits, options);
            kestrel.AddServerHeader = false;
            foreach (var endPoint in options.Http)
                kestrel.Listen(endPoint, listen => listen.Protocols = HttpProtocols.Http1);
            foreach (var endPoint in options.Https)
            {
                kestrel.Listen(endPoint, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = hello => ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = certificates!.For(hello.ClientHelloInfo.ServerName),
                    }),
                }));
            }
        });
        builder.Services.AddHttpForwarder().AddSingleton<IHostLifetime, ProgramLifetime>();
        var application = builder.Build();
        var forwarder = application.Services.GetRequiredService<IHttpForwarder>();
        application.Run(context => handler.HandleAsync(context, forwarder));
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync();
            throw new IOException($"The proxy cannot listen: {(e.InnerException is AddressInUseException ? e.InnerException : e).Message}", e);
        }

        // In the order in which they were given.
        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address)).Select(uri => new IPEndPoint(IPAddress.Parse(uri.DnsSafeHost), uri.Port)).ToList();
        return new ProxyServer(application, bound[..options.Http.Count], bound[options.Http.Count..]);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private static void Limit(KestrelServerLimits limits, ProxyOptions options)
    {
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        limits.RequestHeadersTimeout = HeadersTimeout;

        // Bodies are passed on as they come, and kept nowhere: how large they may be is the origin's affair.
        limits.MaxRequestBodySize = null;
    }
}
