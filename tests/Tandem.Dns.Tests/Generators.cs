using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Tandem.Dns.Tests;

/// <summary>Names of any bytes and records of every type.</summary>
internal static class Generators
{
    public static Gen<DnsName> Names { get; } =
        from labels in Gen.Choose(0, 255).Select(b => (byte)b).NonEmptyListOf().Resize(12).ListOf().Resize(6)
        select new DnsName((byte[])[.. labels.SelectMany(l => l.Take(40).ToArray() is var b ? b.Prepend((byte)b.Length) : []), 0]);

    private static Gen<ushort> UShort { get; } = Gen.Choose(0, ushort.MaxValue).Select(n => (ushort)n);

    private static Gen<byte[]> Bytes(int count) => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(count);

    public static Gen<DnsData> Data { get; } = Gen.OneOf<DnsData>(
        Bytes(4).Select(b => DnsData.Of(new IPAddress(b)) as DnsData),
        Bytes(16).Select(b => DnsData.Of(new IPAddress(b)) as DnsData),
        Names.SelectMany(n => Gen.Elements(DnsType.NS, DnsType.CNAME, DnsType.PTR).Select(t => (DnsData)new NameData(t, n))),
        from p in UShort from w in UShort from port in UShort from n in Names select (DnsData)new SrvData(p, w, port, n),
        from a in Names from b in Names from s in UShort select (DnsData)new SoaData(a, b, s, 1, 2, 3, uint.MaxValue),
        Gen.Elements("", "v=spf1 -all", "größe", new string('x', 255)).NonEmptyListOf().Resize(3)
            .Select(t => (DnsData)new TxtData([.. t])),
        Bytes(7).Select(b => (DnsData)new RawData((DnsType)257, b)));

    public static Gen<List<(DnsSection Section, DnsName Name, uint Ttl, DnsData Data)>> Records { get; } =
        (from section in Gen.Elements(DnsSection.Answer, DnsSection.Authority, DnsSection.Additional)
         from name in Names
         from ttl in Gen.Choose(0, int.MaxValue)
         from data in Data
         select (section, name, (uint)ttl, data)).ListOf().Resize(8)
        .Select(list => list.OrderBy(r => r.section).ToList());
}
