using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>Lists a page at a time.</summary>
internal static class Paging
{
    public static CloudflareEnvelope<IReadOnlyList<TItem>> Of<TItem>(IReadOnlyList<TItem> all, HttpRequest request)
    {
        var errors = new Validation();
        var page = Number(request, "page", 1, int.MaxValue, 1, errors);
        var size = Number(request, "per_page", 1, 1000, 100, errors);
        errors.ThrowIfAny();
        IReadOnlyList<TItem> items = [.. all.Skip((int)Math.Min(int.MaxValue, (page - 1L) * size)).Take(size)];
        return new CloudflareEnvelope<IReadOnlyList<TItem>>
        {
            Success = true,
            Result = items,
            ResultInfo = new CloudflareResultInfo
            {
                Page = page,
                PerPage = size,
                Count = items.Count,
                TotalCount = all.Count,
                TotalPages = (all.Count + size - 1) / size,
            },
        };
    }

    private static int Number(HttpRequest request, string name, int from, int to, int otherwise, Validation errors)
    {
        if (request.Query[name] is not [{ } text])
            return otherwise;
        var valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to;
        errors.Require(valid, $"/{name}", $"{name} is not in range [{from}, {to}]: validation failed");
        return number;
    }
}
