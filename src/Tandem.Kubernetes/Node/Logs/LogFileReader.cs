using System.IO.Pipelines;
using System.Buffers;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>Writes the text of a CRI log file to a stream, line by line, as asked for.</summary>
internal sealed class LogFileReader(TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <param name="file">The log file.</param>
    /// <param name="options">What of it is asked for.</param>
    /// <param name="running">Whether more may come; asked at the end of the file, when following.</param>
    /// <param name="output">Takes the text; flushed whenever the end of the file is reached.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CopyAsync(
        string file, ContainerLogOptions options, Func<CancellationToken, Task<bool>> running, Stream output, CancellationToken cancellationToken)
    {
        var stream = Open(file);
        try
        {
            var writer = new LineWriter(options, Since(options), output);
            stream.Position = options.TailLines is { } tail ? LogTail.Offset(stream, tail) : 0;
            var ending = false;
            while (true)
            {
                await CopyToEndAsync(stream, writer, cancellationToken);
                await output.FlushAsync(cancellationToken);
                if (!options.Follow || writer.Full)
                    return;
                if (IsRotated(stream, file))
                {
                    // The runtime may still have been writing to the old one when the new one was there.
                    await Task.Delay(Poll, time, cancellationToken);
                    await CopyToEndAsync(stream, writer, cancellationToken);
                    await stream.DisposeAsync();
                    stream = Open(file);
                    continue;
                }

                if (ending)
                    return;
                // Read once more after the container has ended, for what it wrote in between.
                ending = !await running(cancellationToken);
                if (!ending)
                    await Task.Delay(Poll, time, cancellationToken);
            }
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    /// <summary>Copies whole lines to the end of the file, and goes back to the start of one that is not complete yet.</summary>
    private static async Task CopyToEndAsync(FileStream stream, LineWriter writer, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        while (!writer.Full)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (!writer.Full && TryTakeLine(ref rest, out var line))
                await writer.WriteAsync(line, cancellationToken);
            reader.AdvanceTo(rest.Start, rest.End);
            if (!read.IsCompleted)
                continue;
            stream.Position -= rest.Length;
            break;
        }

        await reader.CompleteAsync();
    }

    private static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);

    /// <summary>Whether a new file has the name that the open one had.</summary>
    private static bool IsRotated(FileStream stream, string file) =>
        File.Exists(file) && File.ResolveLinkTarget($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}", false)?.FullName is { } now
        && now != Path.GetFullPath(file);

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (buffer.PositionOf((byte)'\n') is not { } end)
            return false;
        var part = buffer.Slice(0, end);
        line = part.IsSingleSegment ? part.First : part.ToArray();
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private DateTimeOffset Since(ContainerLogOptions options) =>
        options.SinceTime ?? (options.SinceSeconds is { } seconds ? time.GetUtcNow() - TimeSpan.FromSeconds(seconds) : DateTimeOffset.MinValue);

    private sealed class LineWriter(ContainerLogOptions options, DateTimeOffset since, Stream output)
    {
        private static readonly byte[] LineFeed = "\n"u8.ToArray();
        private static readonly byte[] Space = " "u8.ToArray();

        private long _left = options.LimitBytes ?? long.MaxValue;
        private bool _within;

        public bool Full => _left <= 0;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
        {
            if (!CriLogLine.TryParse(line, out var parsed) || (since != DateTimeOffset.MinValue && parsed.Time() < since))
                return;
            if (options.Stream != LogStreams.All && parsed.Stderr != (options.Stream == LogStreams.Stderr))
                return;
            if (options.Timestamps && !_within)
            {
                await PutAsync(parsed.Timestamp, cancellationToken);
                await PutAsync(Space, cancellationToken);
            }

            await PutAsync(parsed.Text, cancellationToken);
            if (!parsed.Partial)
                await PutAsync(LineFeed, cancellationToken);
            _within = parsed.Partial;
        }

        private async ValueTask PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            var count = (int)Math.Min(bytes.Length, _left);
            await output.WriteAsync(bytes[..count], cancellationToken);
            _left -= count;
        }
    }
}
