using Microsoft.AspNetCore.Http;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>The account's search: load balancers, pools, monitors and monitor groups by a part of their name or their identifier.</summary>
internal static class SearchAnswers
{
    private static readonly string[] Directions = ["", "*", "referral", "referrer"];

    public static CloudflareEnvelope<CloudflareSearch> Of(Configuration configuration, HttpRequest request)
    {
        var query = request.Query["query"] is [{ } text] ? text : "";
        var direction = request.Query["references"] is [{ } wanted] ? wanted : "";
        if (!Directions.Contains(direction))
            throw ApiException.Invalid("/references", "references must be \"\", \"*\", \"referral\" or \"referrer\"");
        var found = Paging.Of<References.Node>(
            [.. Nodes(configuration).Where(node => node.Id == query || node.Name.Contains(query, StringComparison.OrdinalIgnoreCase))], request);
        List<(References.Node From, References.Node To)> edges = direction.Length > 0 ? [.. References.All(configuration)] : [];
        return new CloudflareEnvelope<CloudflareSearch>
        {
            Success = true,
            Result = new CloudflareSearch
            {
                Resources = [.. found.Result!.Select(node => node.As(null) with
                {
                    References = direction.Length > 0 ? [.. Around(node, direction, edges)] : null,
                })],
            },
            ResultInfo = found.ResultInfo,
        };
    }

    private static IEnumerable<References.Node> Nodes(Configuration configuration) =>
    [
        .. configuration.LoadBalancers.Values.Select(References.Of),
        .. configuration.Pools.Values.Select(References.Of),
        .. configuration.Monitors.Values.Select(References.Of),
        .. configuration.MonitorGroups.Values.Select(References.Of),
    ];

    private static IEnumerable<CloudflareReference> Around(
        References.Node node, string direction, IReadOnlyList<(References.Node From, References.Node To)> edges)
    {
        var referrers = direction is "*" or "referrer" ? edges.Where(e => e.To == node).Select(e => e.From.As("referrer")) : [];
        var referrals = direction is "*" or "referral" ? edges.Where(e => e.From == node).Select(e => e.To.As("referral")) : [];
        return referrers.Concat(referrals);
    }
}
