using System.Buffers.Binary;
using Tandem.Dns;

namespace Tandem.ClusterDns.Forwarding;

/// <summary>Answers of upstream servers as they came, for as long as their records may be kept, at most 30 seconds.</summary>
internal sealed class AnswerCache(TimeProvider time)
{
    /// <summary>A question with what shapes its answer.</summary>
    internal readonly record struct Key(DnsName Name, DnsType Type, bool Edns, bool DnssecOk);

    private sealed record Entry(byte[] Message, IReadOnlyList<int> Ttls, long Stored, uint Lifetime);

    private const int MaxEntries = 2000;
    private const uint MaxLifetime = 30;
    private const int HeaderSize = 12;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>A copy with the question as it is asked now and the time that is left; null where none is kept.</summary>
    public byte[]? Find(Key key)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out entry))
                return null;
        }

        var age = (uint)time.GetElapsedTime(entry.Stored).TotalSeconds;
        if (age >= entry.Lifetime)
            return null;
        var message = entry.Message.AsSpan().ToArray();
        // Clients that vary the case of the question look for it in the answer.
        key.Name.Wire.CopyTo(message.AsSpan(HeaderSize));
        foreach (var at in entry.Ttls)
        {
            var ttl = BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(at));
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(at), ttl - Math.Min(age, ttl));
        }

        return message;
    }

    public void Keep(Key key, byte[] message)
    {
        if (!DnsMessage.TryParse(message, out var parsed) || parsed.IsTruncated || parsed.Records.Count == 0
            || parsed.Rcode is not (DnsRcode.NoError or DnsRcode.NxDomain))
            return;
        // What is not there is kept as long as the zone says (RFC 2308 §5).
        var lifetime = parsed.Records.Min(r => r.Data is SoaData soa ? Math.Min(r.Ttl, soa.Minimum) : r.Ttl);
        if (lifetime == 0)
            return;
        var entry = new Entry(message, TtlOffsets(message), time.GetTimestamp(), Math.Min(lifetime, MaxLifetime));
        lock (_lock)
        {
            if (_entries.Count >= MaxEntries)
                _entries.Clear();
            _entries[key with { Name = key.Name.ToOwned() }] = entry;
        }
    }

    // The message was read as a whole before, so that nothing in here can lead outside of it.
    private static List<int> TtlOffsets(ReadOnlySpan<byte> message)
    {
        var offsets = new List<int>();
        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        var at = SkipName(message, HeaderSize) + 4;
        for (; records > 0; records--)
        {
            at = SkipName(message, at);
            if (BinaryPrimitives.ReadUInt16BigEndian(message[at..]) != (ushort)DnsType.OPT)
                offsets.Add(at + 4);
            at += 10 + BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        }

        return offsets;
    }

    private static int SkipName(ReadOnlySpan<byte> message, int at)
    {
        while (message[at] is > 0 and < 0xC0)
            at += message[at] + 1;
        return at + (message[at] == 0 ? 1 : 2);
    }
}
