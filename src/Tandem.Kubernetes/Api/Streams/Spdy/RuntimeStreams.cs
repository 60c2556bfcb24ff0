using System.Buffers;
using System.IO.Pipelines;

namespace Tandem.Kubernetes.Api.Streams.Spdy;

/// <summary>The streams of one command, or of a container's own process, on a SPDY connection of protocol v4.</summary>
internal sealed class RuntimeStreams(Stream connection) : IDisposable
{
    /// <summary>Longest Status that the runtime may report, in bytes.</summary>
    private const int StatusLimit = 64 * 1024;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly Dictionary<Channel, uint> _streams = [];
    private bool _gone;

    /// <summary>Opens the streams that the options ask for, the error stream first.</summary>
    public async Task OpenAsync(StreamOptions options, CancellationToken cancellationToken)
    {
        var headers = new SpdyHeaderBlock();
        foreach (var (channel, name, wanted) in ((Channel, string, bool)[])
        [
            (Channel.Error, "error", true), (Channel.Stdin, "stdin", options.Stdin), (Channel.Stdout, "stdout", options.Stdout),
            (Channel.Stderr, "stderr", options.Stderr), (Channel.Resize, "resize", options.Tty),
        ])
        {
            if (!wanted)
                continue;
            var id = (uint)(2 * _streams.Count + 1);
            _streams[channel] = id;
            await SendAsync(SpdyWriter.SynStream(id, headers.Encode([("streamtype", name)])), cancellationToken);
        }
    }

    /// <summary>Sends data; what is for a channel that is not open is dropped, as by kube-apiserver.</summary>
    public async Task WriteAsync(Channel channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (channel is Channel.Stdin or Channel.Resize && _streams.TryGetValue(channel, out var stream))
            await SendAsync(SpdyWriter.Data(stream, data.Span), cancellationToken);
    }

    /// <summary>Tells the runtime that no more comes on a channel.</summary>
    public async Task CloseAsync(Channel channel, CancellationToken cancellationToken)
    {
        if (channel is Channel.Stdin or Channel.Resize && _streams.Remove(channel, out var stream))
            await SendAsync(SpdyWriter.Data(stream, [], fin: true), cancellationToken);
    }

    /// <summary>Passes the output on until the runtime has reported how it ended.</summary>
    /// <returns>The Status for the error channel.</returns>
    public async Task<byte[]> CopyToAsync(ChannelWriter channels, CancellationToken cancellationToken)
    {
        var status = new ArrayBufferWriter<byte>();
        var reader = PipeReader.Create(connection, new StreamPipeReaderOptions(bufferSize: SpdyWriter.MaxData, leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (SpdyFrame.TryRead(ref buffer, out var frame))
                    if (await HandleAsync(frame, status, channels, cancellationToken))
                        return StreamStatus.Of(status.WrittenSpan);
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    return StreamStatus.InternalError("the runtime ended the stream without a status");
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return StreamStatus.InternalError($"error reading from the runtime: {e.Message}");
        }
    }

    public void Dispose() => _writing.Dispose();

    // True once the runtime has said how it ended.
    private async Task<bool> HandleAsync(SpdyFrame frame, ArrayBufferWriter<byte> status, ChannelWriter channels, CancellationToken cancellationToken)
    {
        switch (frame.Type)
        {
            case SpdyFrameType.Data when frame.Stream == _streams[Channel.Error]:
                if (status.WrittenCount + frame.Payload.Length > StatusLimit)
                    throw new InvalidDataException($"its status is longer than {StatusLimit} bytes");
                foreach (var part in frame.Payload)
                    status.Write(part.Span);
                return frame.Fin;
            case SpdyFrameType.Data when frame.Payload.Length > 0:
                if (_streams.TryGetValue(Channel.Stdout, out var stdout) && frame.Stream == stdout)
                    await channels.WriteAsync(Channel.Stdout, frame.Payload, cancellationToken);
                else if (_streams.TryGetValue(Channel.Stderr, out var stderr) && frame.Stream == stderr)
                    await channels.WriteAsync(Channel.Stderr, frame.Payload, cancellationToken);
                return false;
            case SpdyFrameType.RstStream when frame.Stream == _streams[Channel.Error]:
                // containerd resets the stream after its status instead of ending it.
                return status.WrittenCount > 0 ? true : throw new InvalidDataException("it reset the error stream");
            case SpdyFrameType.Ping:
                await SendAsync(SpdyWriter.Ping(frame.Payload.ToArray()), cancellationToken);
                return false;
            default:
                return false; // replies to our streams, settings and windows, which this protocol does not use
        }
    }

    private async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (!_gone)
                await connection.WriteAsync(frame, cancellationToken);
        }
        catch (IOException)
        {
            _gone = true; // whoever reads from it tells the client why
        }
        finally
        {
            _writing.Release();
        }
    }
}
