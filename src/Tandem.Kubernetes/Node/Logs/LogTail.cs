namespace Tandem.Kubernetes.Node.Logs;

/// <summary>Where the last lines of a file begin.</summary>
internal static class LogTail
{
    private const int Block = 16 * 1024;

    /// <summary>Offset of the last <paramref name="lines"/> lines; 0 where the file has no more.</summary>
    public static long Offset(Stream file, long lines)
    {
        var end = file.Length;
        if (lines <= 0)
            return end;
        var buffer = new byte[Block];
        var position = end;
        var found = 0L;
        while (position > 0)
        {
            var count = (int)Math.Min(Block, position);
            position -= count;
            file.Position = position;
            file.ReadExactly(buffer, 0, count);
            for (var i = count - 1; i >= 0; i--)
            {
                // The line feed that ends the last line begins none.
                if (buffer[i] == '\n' && position + i != end - 1 && ++found == lines)
                    return position + i + 1;
            }
        }

        return 0;
    }
}
