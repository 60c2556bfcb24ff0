using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tandem.Cloudflare.Model;

namespace Tandem.Cloudflare;

/// <summary>The one door to the API: authentication, envelope, errors and repetition of every request.</summary>
internal sealed class CloudflareTransport(HttpClient http, CloudflareClientOptions options)
{
    private readonly Uri _base = new(options.BaseAddress.ToString().TrimEnd('/') + "/");

    public async Task<CloudflareEnvelope<T>> SendAsync<T>(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        var repeatable = method == HttpMethod.Get || method == HttpMethod.Put || method == HttpMethod.Delete;
        for (var attempt = 1; ; attempt++)
        {
            var last = !repeatable || attempt >= options.MaxAttempts;
            TimeSpan? wanted = null;
            try
            {
                using var request = Request(method, path, body);
                using var response = await http.SendAsync(request, cancellationToken);
                if (last || !IsTransient(response.StatusCode))
                    return await ReadAsync<T>($"{method} {path}", response, cancellationToken);
                wanted = RetryAfter(response.Headers.RetryAfter);
            }
            catch (HttpRequestException) when (!last)
            {
                // No answer at all: sent again, for the request does the same twice.
            }

            await Task.Delay(Pause(attempt, wanted), options.TimeProvider, cancellationToken);
        }
    }

    /// <summary>A body as bytes, since it may be sent several times.</summary>
    public static byte[] Body<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    private static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)CloudflareJson.Default.GetTypeInfo(typeof(T))!;

    private HttpRequestMessage Request(HttpMethod method, string path, byte[]? body)
    {
        var request = new HttpRequestMessage(method, new Uri(_base, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiToken);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return request;
    }

    private static async Task<CloudflareEnvelope<T>> ReadAsync<T>(
        string operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        CloudflareEnvelope<T>? envelope = null;
        try
        {
            if (response.IsSuccessStatusCode)
                envelope = await response.Content.ReadFromJsonAsync(TypeInfo<CloudflareEnvelope<T>>(), cancellationToken);
            else
                throw new CloudflareException(operation, response.StatusCode, await ErrorsAsync(response, cancellationToken));
        }
        catch (JsonException e)
        {
            throw new CloudflareException(
                operation, response.StatusCode, [new CloudflareError { Message = $"The answer is not an envelope: {e.Message}" }]);
        }

        return envelope is { Success: true }
            ? envelope
            : throw new CloudflareException(operation, response.StatusCode, envelope?.Errors ?? []);
    }

    private static async Task<IReadOnlyList<CloudflareError>> ErrorsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var envelope = await response.Content.ReadFromJsonAsync(TypeInfo<CloudflareEnvelope<JsonElement?>>(), cancellationToken);
            return envelope?.Errors ?? [];
        }
        catch (JsonException)
        {
            // A gateway's page in HTML: the status says all there is to say.
            return [];
        }
    }

    private static bool IsTransient(HttpStatusCode status) => status == HttpStatusCode.TooManyRequests || (int)status >= 500;

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - options.TimeProvider.GetUtcNow() : null);

    private TimeSpan Pause(int attempt, TimeSpan? wanted)
    {
        var pause = wanted ?? options.RetryDelay * Math.Pow(2, attempt - 1);
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause > options.MaxRetryDelay ? options.MaxRetryDelay : pause;
    }
}
