using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>What the proxy says itself, when no origin does.</summary>
internal static class ProxyAnswers
{
    /// <summary>A status and a line of text. The connection is closed after it: an upload may still be under way.</summary>
    public static Task WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"error {status}: {text}\n"), context.RequestAborted);
    }
}
