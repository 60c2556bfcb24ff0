using System.Globalization;
using System.Text;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>One line of a CRI log file: <c>RFC3339Nano stdout|stderr F|P text</c>; P marks a part of a longer line.</summary>
/// <param name="Timestamp">When the runtime read it, as written in the file.</param>
/// <param name="Stderr">It was written to the standard error, not to the standard output.</param>
/// <param name="Text">The text without the file's line feed.</param>
/// <param name="Partial">The line goes on in the next one of the same stream.</param>
internal readonly record struct CriLogLine(ReadOnlyMemory<byte> Timestamp, bool Stderr, ReadOnlyMemory<byte> Text, bool Partial)
{
    /// <summary>Reads a line without its line feed; false where it is not of the format.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> line, out CriLogLine result)
    {
        result = default;
        var span = line.Span;
        var first = span.IndexOf((byte)' ');
        if (first < 0)
            return false;
        var second = span[(first + 1)..].IndexOf((byte)' ');
        if (second < 0)
            return false;
        second += first + 1;
        var stream = span[(first + 1)..second];
        var stderr = stream.SequenceEqual("stderr"u8);
        if (!stderr && !stream.SequenceEqual("stdout"u8))
            return false;
        var rest = span[(second + 1)..];
        var third = rest.IndexOf((byte)' ');
        var tag = third < 0 ? rest : rest[..third];
        if (tag.Length == 0 || (tag[0] != 'F' && tag[0] != 'P'))
            return false;
        var text = third < 0 ? default : line[(second + 1 + third + 1)..];
        result = new CriLogLine(line[..first], stderr, text, tag[0] == 'P');
        return true;
    }

    /// <summary>When the line was written; the minimum where it cannot be read.</summary>
    public DateTimeOffset Time() =>
        DateTimeOffset.TryParse(Encoding.ASCII.GetString(Timestamp.Span), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time : DateTimeOffset.MinValue;

    /// <summary>The text alone of a piece of a log file.</summary>
    public static string PlainText(string log)
    {
        var text = new StringBuilder();
        foreach (var line in log.Split('\n'))
        {
            if (!TryParse(Encoding.UTF8.GetBytes(line), out var parsed))
                continue;
            text.Append(Encoding.UTF8.GetString(parsed.Text.Span));
            if (!parsed.Partial)
                text.Append('\n');
        }

        return text.ToString();
    }
}
