using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Tandem.LoadBalancer.Events;

namespace Tandem.LoadBalancer.Tests.Notifications;

/// <summary>A real HTTP server that notifications are sent to.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Delivery> _all = new();
    private readonly TaskCompletionSource _never = new();

    public Receiver(int port)
    {
        Url = new Uri($"http://127.0.0.1:{port}/hook/secret-path");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>What is done with the n-th request, from 0: its status, or null to let it hang.</summary>
    public Func<int, int?> Answers { get; set; } = _ => 204;

    public IReadOnlyList<Delivery> All => [.. _all];

    public IEnumerable<Delivery> Accepted => _all.Where(d => d.Status == 204);

    public void Dispose()
    {
        _never.TrySetResult();
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var status = Answers(_all.Count);
            var happened = JsonSerializer.Deserialize<BalancerEvent>(body.ToArray(), new JsonSerializerOptions(JsonSerializerDefaults.Web))!;
            _all.Enqueue(new Delivery(
                happened, body.ToArray(), context.Request.Headers["Idempotency-Key"], context.Request.Headers["X-Tandem-Signature"], status));
            if (status is { } code)
            {
                context.Response.StatusCode = code;
                context.Response.Close();
            }
            else
            {
                _ = _never.Task.ContinueWith(_ => context.Response.Abort(), TaskScheduler.Default);
            }
        }
    }
}

internal sealed record Delivery(BalancerEvent Event, byte[] Body, string? Key, string? Signature, int? Status);
