using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tandem.Dns;

namespace Tandem.ClusterDns.Forwarding;

/// <summary>One name server that is asked over UDP, and over TCP where its answer did not fit (RFC 7766 §5).</summary>
internal sealed class Upstream(IPEndPoint server)
{
    /// <summary>The whole answer.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="EndOfStreamException">The server hung up.</exception>
    public async Task<byte[]> AskAsync(byte[] query, DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        var answer = await AskUdpAsync(query, name, type, cancellationToken);
        return DnsMessage.TryParse(answer, out var message) && message.IsTruncated
            ? await AskTcpAsync(query, name, type, cancellationToken)
            : answer;
    }

    private async Task<byte[]> AskUdpAsync(byte[] query, DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        // A socket for each query: a port that nobody can guess is half of what protects from forged answers.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(query, cancellationToken);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (UpstreamQuery.IsAnsweredBy(query, name, type, buffer.AsSpan(0, length)))
                return buffer[..length];
        }
    }

    private async Task<byte[]> AskTcpAsync(byte[] query, DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        using var client = new TcpClient(server.AddressFamily);
        await client.ConnectAsync(server, cancellationToken);
        var stream = client.GetStream();
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellationToken);
        await stream.ReadExactlyAsync(framed.AsMemory(0, 2), cancellationToken);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(framed)];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return UpstreamQuery.IsAnsweredBy(query, name, type, answer)
            ? answer
            : throw new InvalidDataException($"{server} answered something else than it was asked");
    }
}
