using System.Net;

namespace Tandem.Kubernetes.Network.Policies;

/// <summary>ipBlock and its exceptions, in a form that nftables takes: in one set no two ranges may overlap.</summary>
internal static class AddressBlocks
{
    public static AddressBlock Build(IPNetwork range, IEnumerable<IPNetwork> except)
    {
        var all = except.Distinct().ToList();
        return new AddressBlock(
            range,
            [
                .. all.Where(e => !all.Any(o => o != e && Contains(o, e)))
                    .OrderBy(e => Ipv4.Number(e.BaseAddress)),
            ]);
    }

    private static bool Contains(IPNetwork outer, IPNetwork inner) =>
        outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);
}
