using System.Net.Sockets;
using Tandem.LoadBalancer.Probing;

namespace Tandem.LoadBalancer.Tests.Probing;

public class FailuresTests
{
    [Theory]
    [InlineData(SocketError.ConnectionRefused, "TCP connection failed")]
    [InlineData(SocketError.TimedOut, "TCP Timeout")]
    [InlineData(SocketError.HostUnreachable, "No route to host")]
    [InlineData(SocketError.NetworkUnreachable, "Network Unreachable")]
    [InlineData(SocketError.NetworkDown, "Network Unreachable")]
    [InlineData(SocketError.ConnectionReset, "Connection Reset by Peer")]
    [InlineData(SocketError.HostNotFound, "DNS Unknown Host")]
    [InlineData(SocketError.AccessDenied, "Other Failure")]
    public void Reason_OfASocketError_IsCloudflaresWord(SocketError error, string reason) =>
        Assert.Equal(reason, Failures.Reason(new HttpRequestException("x", new IOException("y", new SocketException((int)error)))));
}
