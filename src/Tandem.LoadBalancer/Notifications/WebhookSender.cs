using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Tandem.LoadBalancer.Api;
using Tandem.LoadBalancer.Events;

namespace Tandem.LoadBalancer.Notifications;

/// <summary>
/// Tells one URL of decisions, in order, each at least once: repeated until it is accepted or an hour old. It reads the event log by itself,
/// so nothing waits for it, and its queue is what the log keeps.
/// </summary>
internal sealed class WebhookSender : IAsyncDisposable
{
    /// <summary>An event as old as this that is not accepted is given up, after at least one attempt.</summary>
    private static readonly TimeSpan GiveUp = TimeSpan.FromHours(1);

    private readonly Webhook _webhook;
    private readonly EventLog _events;
    private readonly DeliveryCursor _cursor;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly byte[]? _secret;
    private readonly HttpClient _http;
    private readonly TimeSpan _retry;
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    /// <exception cref="InvalidDataException">The secret or the state cannot be used; the message names the file.</exception>
    public WebhookSender(LoadBalancerOptions options, Webhook webhook, EventLog events, ILogger logger)
    {
        (_webhook, _events, _time, _logger, _retry) = (webhook, events, options.TimeProvider, logger, options.NotificationRetry);
        _secret = webhook.SecretFile is { } file ? Encoding.UTF8.GetBytes(SecretFile.Read(file)) : null;
        _cursor = new DeliveryCursor(options.StateDirectory, webhook.Url, events.Last);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
        {
            Timeout = options.NotificationTimeout,
        };
        _events.Added += Wake;
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _events.Added -= Wake;
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stopping.Dispose();
    }

    private void Wake(BalancerEvent happened) => _news.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var before = _cursor.Seq;
                foreach (var happened in _events.Since(before))
                {
                    if (IsTold(happened))
                        await DeliverAsync(happened);
                    _cursor.Advance(happened.Seq);
                }

                if (_cursor.Seq == before)
                    await _news.Reader.ReadAsync(_stopping.Token);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                _logger.NotificationError(_webhook.ToString(), e);
                await Task.Delay(_retry, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static bool IsTold(BalancerEvent happened) => happened.Type
        is BalancerEvent.PoolDown or BalancerEvent.PoolUp or BalancerEvent.AnswerChanged or BalancerEvent.Frozen or BalancerEvent.Thawed;

    private async Task DeliverAsync(BalancerEvent happened)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = _time }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = _retry,
            MaxDelay = TimeSpan.FromMinutes(1),
            UseJitter = true,
            ShouldHandle = args => ValueTask.FromResult(
                args.Outcome.Exception is HttpRequestException or OperationCanceledException
                && !_stopping.IsCancellationRequested && _time.GetUtcNow() - happened.At < GiveUp),
            OnRetry = args =>
            {
                _logger.NotificationRetried(_webhook.ToString(), happened.Seq, args.AttemptNumber + 1, args.Outcome.Exception!.Message);
                return ValueTask.CompletedTask;
            },
        }).Build();
        try
        {
            await pipeline.ExecuteAsync(async token => await SendAsync(happened, token), _stopping.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !_stopping.IsCancellationRequested)
        {
            _logger.NotificationGivenUp(_webhook.ToString(), happened.Seq, e.Message);
        }
    }

    private async Task SendAsync(BalancerEvent happened, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(happened, EventJson.Default.BalancerEvent);
        using var request = new HttpRequestMessage(HttpMethod.Post, _webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        // The number alone would come again after the state was deleted.
        request.Headers.Add("Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"{happened.Seq}-{happened.At.ToUnixTimeMilliseconds()}"));
        if (_secret is not null)
            request.Headers.Add("X-Tandem-Signature", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_secret, body)));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"answered {(int)response.StatusCode}", null, response.StatusCode);
    }
}
