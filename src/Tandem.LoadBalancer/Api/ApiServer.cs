using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Replication;

namespace Tandem.LoadBalancer.Api;

/// <summary>The HTTP server of the API: authentication, envelope and errors; what it answers is in <see cref="ApiRoutes"/>.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    /// <summary>Far more than the largest pool needs, in bytes.</summary>
    private const int MaxBody = 1 << 20;

    private readonly WebApplication _application;

    private ApiServer(WebApplication application, Uri address) => (_application, Address) = (application, address);

    /// <summary>Up to and including /client/v4/.</summary>
    public Uri Address { get; }

    /// <summary>Binds the address and answers.</summary>
    /// <exception cref="IOException">The address is in use or cannot be bound; the message names it.</exception>
    public static async Task<ApiServer> StartAsync(
        IPEndPoint endPoint, Authentication authentication, Ownership ownership, ApiRoutes routes, ILogger logger, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Listen(endPoint);
        });
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, ProgramLifetime>();
        var application = builder.Build();
        application.Use((context, next) => GuardAsync(context, next, authentication, ownership, logger));
        application.UseRouting();
        routes.Map(application);
        application.MapFallback("{*path}", context => throw ApiException.Of(
            404, ErrorCodes.NoRoute, $"No route for {context.Request.Method} {context.Request.Path}"));
        application.UseEndpoints(_ => { });
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync();
            throw new IOException(
                $"Cannot serve the API on {endPoint}: {(e.InnerException is AddressInUseException ? "address already in use" : e.Message)}", e);
        }

        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ApiServer(application, new Uri(new Uri(bound), ApiRoutes.Base + "/"));
    }

    /// <summary>Answers with a result in the envelope.</summary>
    public static Task WriteAsync<T>(HttpContext context, CloudflareEnvelope<T> envelope, JsonTypeInfo<CloudflareEnvelope<T>> json, int status = 200)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(envelope, json);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private static async Task GuardAsync(
        HttpContext context, RequestDelegate next, Authentication authentication, Ownership ownership, ILogger logger)
    {
        try
        {
            if (context.Request.Path != ApiRoutes.Metrics)
                authentication.Check(context.Request);
            ownership.Check(context.Request.Path);
            await next(context);

            // Peers exchange every few seconds: what changes nothing is not worth a line.
            if (context.Request.Method != "GET" && context.Request.Path != PeerClient.Path)
                logger.ApiChange(context.Request.Method, context.Request.Path, context.Response.StatusCode);
        }
        catch (ApiException e)
        {
            await FailAsync(context, e.Status, e.Errors);
        }
        catch (Exception e) when (e is BadHttpRequestException or JsonException)
        {
            var status = (e as BadHttpRequestException)?.StatusCode ?? 400;
            await FailAsync(context, status, [new CloudflareError { Code = ErrorCodes.Validation, Message = $"The request cannot be read: {e.Message}" }]);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            logger.ApiError(context.Request.Method, context.Request.Path, e);
            await FailAsync(context, 500, [new CloudflareError { Code = ErrorCodes.Internal, Message = "Internal error; the log says more" }]);
        }
    }

    private static Task FailAsync(HttpContext context, int status, IReadOnlyList<CloudflareError> errors) => WriteAsync(
        context, new CloudflareEnvelope<JsonElement?> { Errors = errors }, CloudflareJson.Default.CloudflareEnvelopeNullableJsonElement, status);
}
