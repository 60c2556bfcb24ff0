using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Cli.Commands.Parity;
using Tandem.Cli.Output;
using Tandem.Platform.Parity;

namespace Tandem.Cli.Agent;

/// <summary>What the agent tells, on 127.0.0.1 alone: <c>/readiness</c> and <c>/metrics</c>. Neither holds a secret, and neither wants a token.</summary>
internal static class AgentServer
{
    /// <summary>Starts it.</summary>
    /// <param name="port">The port.</param>
    /// <param name="verdict">The last verdict; null before the first.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<WebApplication> StartAsync(int port, Func<Verdict?> verdict, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var metrics = new AgentMetrics(verdict, time);
        app.Run(context => (context.Request.Method, context.Request.Path.Value) switch
        {
            ("GET", "/readiness") => ReadinessAsync(context, verdict(), time),
            ("GET", "/metrics") => MetricsAsync(context, metrics),
            _ => NotFoundAsync(context),
        });
        await app.StartAsync(cancellationToken);
        return app;
    }

    private static async Task ReadinessAsync(HttpContext context, Verdict? verdict, TimeProvider time)
    {
        context.Response.StatusCode = verdict is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(verdict is null ? "{}" : Json.Text(ParityReport.Of(verdict, time)), context.RequestAborted);
    }

    private static Task MetricsAsync(HttpContext context, AgentMetrics metrics)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return metrics.WriteAsync(context.Response.Body, context.RequestAborted);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync("there are GET /readiness and GET /metrics\n", context.RequestAborted);
    }
}
