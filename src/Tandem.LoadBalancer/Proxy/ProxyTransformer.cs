using System.Globalization;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// What is changed on the way: the forwarder leaves out hop-by-hop headers, this one says whom the request came from. What the
/// client says of that itself is not believed.
/// </summary>
/// <param name="connection">Where the request goes.</param>
/// <param name="responded">Told when the origin begins to respond, before anything is sent to the client.</param>
internal sealed class ProxyTransformer(OriginConnection connection, Action responded) : HttpTransformer
{
    /// <summary>In a request: asks for the pool's name. In the response: the name.</summary>
    public const string PoolHeader = "X-Tandem-Pool";

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Options.Set(OriginTransport.Connection, connection);
        var (request, headers) = (httpContext.Request, proxyRequest.Headers);
        if (connection.Origin.Host is { } host)
            headers.Host = host;
        Set("X-Forwarded-For", httpContext.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? mapped.MapToIPv4().ToString() : httpContext.Connection.RemoteIpAddress?.ToString());
        Set("X-Forwarded-Proto", request.Scheme);
        Set("X-Forwarded-Host", request.Host.Value);
        Set("X-Forwarded-Port", httpContext.Connection.LocalPort.ToString(CultureInfo.InvariantCulture));
        Set("Forwarded", null);
        Set(PoolHeader, null);

        void Set(string name, string? value)
        {
            headers.Remove(name);
            if (value is not null)
                headers.TryAddWithoutValidation(name, value);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var copied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        responded();
        return copied;
    }
}
