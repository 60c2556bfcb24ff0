namespace Tandem.Cloudflare;

/// <summary>Reads a list page by page until the last.</summary>
internal static class CloudflarePages
{
    /// <summary>What every list of the API accepts.</summary>
    private const int PerPage = 50;

    public static async Task<IReadOnlyList<T>> ReadAsync<T>(CloudflareTransport transport, string path, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        for (var page = 1; ; page++)
        {
            var query = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}page={page}&per_page={PerPage}";
            var envelope = await transport.SendAsync<IReadOnlyList<T>>(HttpMethod.Get, query, null, cancellationToken);
            all.AddRange(envelope.Result ?? []);

            // Some lists are not paged and say so by leaving the number of pages out; an empty page ends any list.
            if (page >= (envelope.ResultInfo?.TotalPages ?? 0) || envelope.Result is not { Count: > 0 })
                return all;
        }
    }
}
