using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Replication;

/// <summary>Tells one peer what this server knows, and hears what both know together; nothing where that is the same.</summary>
internal sealed class PeerClient : IDisposable
{
    /// <summary>The path of the exchange.</summary>
    public const string Path = "/tandem/v1/configuration";

    /// <summary>The header in which the sender names its own API, as address:port.</summary>
    public const string SenderHeader = "Tandem-Peer";

    /// <summary>
    /// The largest configuration that is exchanged, in bytes: room for 20 000 load balancers, as many pools of an origin or two, and
    /// their monitors. With a larger one exchanges fail, and are reported as any other failure.
    /// </summary>
    public const int MaxBody = 64 << 20;

    private readonly HttpClient _http;
    private readonly Uri _address;

    /// <param name="peer">The peer's API.</param>
    /// <param name="own">This server's API, by which the peer knows it.</param>
    /// <param name="token">The bearer token, the same on all servers.</param>
    public PeerClient(IPEndPoint peer, IPEndPoint own, string token)
    {
        _address = new Uri($"http://{peer}{Path}");
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
        {
            MaxResponseContentBufferSize = MaxBody,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _http.DefaultRequestHeaders.Add(SenderHeader, own.ToString());
    }

    /// <exception cref="HttpRequestException">The peer cannot be reached, or refuses.</exception>
    /// <exception cref="InvalidDataException">Its answer cannot be used.</exception>
    public async Task<ReplicaState> ExchangeAsync(ReplicaState state, CancellationToken cancellationToken)
    {
        var body = Write(state);
        using var request = new HttpRequestMessage(HttpMethod.Put, _address)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"it answered {(int)response.StatusCode}", null, response.StatusCode);
        return response.StatusCode == HttpStatusCode.NoContent ? state : Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What a server knows, as bytes.</summary>
    public static byte[] Write(ReplicaState state) =>
        JsonSerializer.SerializeToUtf8Bytes(StoredConfiguration.From(state), WireJson.Default.StoredConfiguration);

    /// <summary>From bytes to what they say.</summary>
    /// <exception cref="InvalidDataException">They say nothing that can be used.</exception>
    public static ReplicaState Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var stored = JsonSerializer.Deserialize(json, WireJson.Default.StoredConfiguration);
            return stored is { Version: StoredConfiguration.Present }
                ? stored.ToState()
                : throw new InvalidDataException($"the configuration has version {stored?.Version}; this program reads {StoredConfiguration.Present}");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"the configuration cannot be used: {e.Message}", e);
        }
    }
}
