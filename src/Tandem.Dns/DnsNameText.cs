using System.Text;

namespace Tandem.Dns;

/// <summary>Names as text (RFC 1035 §5.1): dots between labels, <c>\X</c> and <c>\DDD</c> for what would be ambiguous.</summary>
internal static class DnsNameText
{
    public static bool TryParse(string? text, out DnsName name)
    {
        name = default;
        if (string.IsNullOrEmpty(text))
            return false;
        if (text == ".")
            return true;

        Span<byte> wire = stackalloc byte[DnsName.MaxLength];
        int start = 0, end = 1;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '.')
            {
                if (!Close(wire, start, end))
                    return false;
                start = end++;
                i++;
            }
            else if (end >= DnsName.MaxLength || !TryReadByte(text, ref i, out wire[end++]))
            {
                return false;
            }
        }

        // Without the last dot the last label is still open; with it, start already stands on the root's place.
        if (end > start + 1)
        {
            if (!Close(wire, start, end))
                return false;
            start = end;
        }

        if (start >= DnsName.MaxLength)
            return false;
        wire[start] = 0;
        name = new DnsName(wire[..(start + 1)].ToArray());
        return true;
    }

    public static string Format(ReadOnlySpan<byte> wire, StringBuilder text)
    {
        if (wire[0] == 0)
            return ".";
        for (var rest = wire; rest[0] != 0; rest = rest[(rest[0] + 1)..])
        {
            foreach (var b in rest.Slice(1, rest[0]))
            {
                if (b is (byte)'.' or (byte)'\\')
                    text.Append('\\').Append((char)b);
                else if (b is <= 32 or >= 127)
                    text.Append('\\').Append(b.ToString("D3", null));
                else
                    text.Append((char)b);
            }

            text.Append('.');
        }

        return text.ToString();
    }

    private static bool Close(Span<byte> wire, int start, int end)
    {
        var length = end - start - 1;
        if (length is 0 or > DnsName.MaxLabelLength || start >= wire.Length)
            return false;
        wire[start] = (byte)length;
        return true;
    }

    private static bool TryReadByte(string text, ref int i, out byte value)
    {
        value = 0;
        var c = text[i++];
        if (c != '\\')
        {
            value = (byte)c;
            return c < 128;
        }

        if (i >= text.Length)
            return false;
        if (!char.IsAsciiDigit(text[i]))
        {
            value = (byte)text[i];
            return text[i++] < 128;
        }

        if (i + 3 > text.Length || !byte.TryParse(text.AsSpan(i, 3), System.Globalization.NumberStyles.None, null, out value))
            return false;
        i += 3;
        return true;
    }
}
