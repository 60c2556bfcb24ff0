using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Dns.Server;

/// <summary>What is done with an answer over UDP.</summary>
internal enum RateDecision
{
    /// <summary>It is sent.</summary>
    Send,

    /// <summary>A short one is sent instead, marked truncated: who really asked comes again over TCP.</summary>
    Slip,

    /// <summary>It is not sent.</summary>
    Drop,
}

/// <summary>
/// Response rate limiting: whoever forges a victim's address as the sender must not make this server flood the victim. Answers
/// that say the same to the same network (IPv4 /24, IPv6 /56) share a budget: so many a second, with one second's worth
/// saved up. Beyond it every second answer is dropped and the others are truncated ones. The table has a fixed size;
/// the entry longest unused makes room. Used by one thread.
/// </summary>
/// <remarks>Vixie and Schryver, <see href="https://ftp.isc.org/isc/pubs/tn/isc-tn-2012-1.txt">DNS Response Rate Limiting</see>.</remarks>
/// <param name="perSecond">Answers a second; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class ResponseRateLimit(int perSecond, TimeProvider time)
{
    private const int Sets = 4096;
    private const int Ways = 4;
    private const int Prefix4 = 3;
    private const int Prefix6 = 7;

    private readonly ulong _k0 = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly ulong _k1 = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly Budget[] _budgets = perSecond > 0 ? new Budget[Sets * Ways] : [];
    private readonly long _second = time.TimestampFrequency;
    private long _now;

    /// <summary>Reads the clock, once for all answers that follow.</summary>
    public void Tick() => _now = time.GetTimestamp();

    /// <summary>Decides about one answer.</summary>
    /// <param name="client">The client's address, 4 or 16 bytes.</param>
    /// <param name="rcode">The answer's result.</param>
    /// <param name="name">The name asked for. It counts only where there is an answer: names that do not exist are without number.</param>
    public RateDecision Decide(ReadOnlySpan<byte> client, DnsRcode rcode, DnsName name)
    {
        if (_budgets.Length == 0)
            return RateDecision.Send;
        ref var budget = ref Find(Key(client, rcode, name));
        budget.Tokens = Math.Min(perSecond, budget.Tokens + (float)((_now - budget.Used) / (double)_second * perSecond));
        budget.Used = _now;
        if (budget.Tokens >= 1)
        {
            budget.Tokens--;
            return RateDecision.Send;
        }

        budget.Slips = !budget.Slips;
        return budget.Slips ? RateDecision.Drop : RateDecision.Slip;
    }

    private ulong Key(ReadOnlySpan<byte> client, DnsRcode rcode, DnsName name)
    {
        Span<byte> input = stackalloc byte[16];
        input.Clear();
        client[..(client.Length == 4 ? Prefix4 : Prefix6)].CopyTo(input);
        input[8] = (byte)client.Length;
        input[9] = (byte)rcode;
        BinaryPrimitives.WriteInt32LittleEndian(input[12..], rcode == DnsRcode.NoError ? name.GetHashCode() : 0);
        return SipHash.Compute(_k0, _k1, input);
    }

    private ref Budget Find(ulong key)
    {
        var set = _budgets.AsSpan((int)(key % Sets) * Ways, Ways);
        var oldest = 0;
        for (var i = 0; i < Ways; i++)
        {
            if (set[i].Key == key)
                return ref set[i];
            if (set[i].Used < set[oldest].Used)
                oldest = i;
        }

        set[oldest] = new Budget { Key = key, Tokens = perSecond, Used = _now };
        return ref set[oldest];
    }

    private struct Budget
    {
        public ulong Key;
        public long Used;
        public float Tokens;
        public bool Slips;
    }
}
