using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>Lets the runtime itself answer a client's upgrade, and then carries bytes both ways.</summary>
internal sealed class UpgradeProxy(UpstreamClient upstream)
{
    // What an upgrade is negotiated with; credentials and cookies stay here.
    private static readonly string[] Asked =
    [
        "Upgrade", "X-Stream-Protocol-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Origin",
    ];

    private static readonly string[] Answered =
        ["Upgrade", "X-Stream-Protocol-Version", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol"];

    /// <exception cref="StreamRefusedException">The runtime refused.</exception>
    public async Task RunAsync(HttpContext context, IHttpUpgradeFeature upgrade, Uri location)
    {
        var headers = Asked.SelectMany(name => context.Request.Headers[name].Select(v => KeyValuePair.Create(name, v ?? "")));
        using var response = await upstream.UpgradeAsync(new HttpMethod(context.Request.Method), location, headers, context.RequestAborted);
        foreach (var name in Answered)
            if (response.Headers.TryGetValues(name, out var values))
                context.Response.Headers[name] = values.ToArray();
        await using var runtime = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        await using var client = await upgrade.UpgradeAsync();
        await DuplexPump.RunAsync(client, runtime, context.RequestAborted);
    }
}
