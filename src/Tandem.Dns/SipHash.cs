using System.Buffers.Binary;
using System.Numerics;

namespace Tandem.Dns;

/// <summary>
/// SipHash-2-4: a short keyed hash whose values tell nothing of its key, for tables that strangers fill and for DNS cookies
/// (RFC 9018 §4.4). The framework has it only inside.
/// </summary>
/// <remarks>Aumasson and Bernstein, <see href="https://www.aumasson.jp/siphash/siphash.pdf">SipHash: a fast short-input PRF</see>.</remarks>
internal static class SipHash
{
    /// <summary>Hashes bytes under a key of 128 bits.</summary>
    public static ulong Compute(ulong k0, ulong k1, ReadOnlySpan<byte> data)
    {
        var state = new State(k0, k1);
        var last = (ulong)data.Length << 56;
        for (; data.Length >= 8; data = data[8..])
            state.Compress(BinaryPrimitives.ReadUInt64LittleEndian(data));
        for (var i = 0; i < data.Length; i++)
            last |= (ulong)data[i] << (8 * i);
        state.Compress(last);
        return state.Finish();
    }

    private struct State(ulong k0, ulong k1)
    {
        private ulong _v0 = k0 ^ 0x736f6d6570736575;
        private ulong _v1 = k1 ^ 0x646f72616e646f6d;
        private ulong _v2 = k0 ^ 0x6c7967656e657261;
        private ulong _v3 = k1 ^ 0x7465646279746573;

        public void Compress(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Finish()
        {
            _v2 ^= 0xff;
            for (var i = 0; i < 4; i++)
                Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
