using Tandem.Cloudflare.Model;

namespace Tandem.Cloudflare;

/// <summary>The objects of one kind in one account or zone.</summary>
/// <typeparam name="T">CloudflareMonitor, CloudflareMonitorGroup, CloudflarePool or CloudflareLoadBalancer.</typeparam>
/// <remarks>Every method throws <see cref="CloudflareException"/> where the API refuses, and
/// <see cref="HttpRequestException"/> where it cannot be reached.</remarks>
public sealed class CloudflareCollection<T>
    where T : class, ICloudflareObject
{
    private readonly CloudflareTransport _transport;
    private readonly string _path;

    internal CloudflareCollection(CloudflareTransport transport, string path) => (_transport, _path) = (transport, path);

    /// <summary>All objects, of all pages.</summary>
    public Task<IReadOnlyList<T>> ListAsync(CancellationToken cancellationToken = default) =>
        CloudflarePages.ReadAsync<T>(_transport, _path, cancellationToken);

    /// <summary>One object.</summary>
    public Task<T> GetAsync(string id, CancellationToken cancellationToken = default) =>
        ResultAsync(HttpMethod.Get, Path(id), null, cancellationToken);

    /// <summary>Creates an object; the answer carries its identifier.</summary>
    public Task<T> CreateAsync(T value, CancellationToken cancellationToken = default) =>
        ResultAsync(HttpMethod.Post, _path, value, cancellationToken);

    /// <summary>Replaces an object whole: fields that are null take their defaults.</summary>
    public Task<T> ReplaceAsync(string id, T value, CancellationToken cancellationToken = default) =>
        ResultAsync(HttpMethod.Put, Path(id), value, cancellationToken);

    /// <summary>Changes the fields that are set and keeps the others.</summary>
    public Task<T> PatchAsync(string id, T value, CancellationToken cancellationToken = default) =>
        ResultAsync(HttpMethod.Patch, Path(id), value, cancellationToken);

    /// <summary>Deletes an object.</summary>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.SendAsync<CloudflareId>(HttpMethod.Delete, Path(id), null, cancellationToken);

    private string Path(string id) => $"{_path}/{Uri.EscapeDataString(id)}";

    private async Task<T> ResultAsync(HttpMethod method, string path, T? body, CancellationToken cancellationToken)
    {
        var content = body is null ? null : CloudflareTransport.Body(body);
        return (await _transport.SendAsync<T>(method, path, content, cancellationToken)).Result
            ?? throw new InvalidDataException($"{method} {path}: the answer has no result.");
    }
}
