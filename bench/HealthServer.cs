using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Tandem.Bench;

/// <summary>What both servers probe: answers 200 to everything.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HealthServer(WebApplication application, IPEndPoint endPoint) => (_application, EndPoint) = (application, endPoint);

    public IPEndPoint EndPoint { get; }

    public static async Task<HealthServer> StartAsync()
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, Ports.Free());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(endPoint));
        var application = builder.Build();
        application.Run(context => context.Response.WriteAsync("ok"));
        await application.StartAsync();
        return new HealthServer(application, endPoint);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
