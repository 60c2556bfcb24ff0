using System.Net;
using System.Net.Sockets;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Tandem.Dns.Server;
using Tandem.Processes;

namespace Tandem.Dns.Tests.Server;

public class DnsServerTests : IAsyncLifetime
{
    private readonly TestHandler _handler = new();
    private readonly FakeTimeProvider _time = new();
    private DnsServer _server = null!;

    private IPEndPoint EndPoint => _server.EndPoints[0];

    public Task InitializeAsync()
    {
        _server = new DnsServer(
            new DnsServerOptions
            {
                EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
                TimeProvider = _time,
                Cookies = true,
                ResponsesPerSecond = 20,
                MaxTcpConnections = 2,
                MaxPendingUdpQueries = 2,
            },
            _handler);
        return _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Query_WithAnIndependentClient_ReadsEveryType(bool tcp)
    {
        var client = Client(tcp);

        Assert.Equal("192.0.2.1", (await client.QueryAsync("a.example.com", QueryType.A)).Answers.ARecords().Single().Address.ToString());
        Assert.Equal("2001:db8::1", (await client.QueryAsync("a.example.com", QueryType.AAAA)).Answers.AaaaRecords().Single().Address.ToString());
        Assert.Equal("ns.example.com.", (await client.QueryAsync("example.com", QueryType.NS)).Answers.NsRecords().Single().NSDName.Value);
        Assert.Equal(7u, (await client.QueryAsync("example.com", QueryType.SOA)).Answers.SoaRecords().Single().Serial);
        Assert.Equal(443, (await client.QueryAsync("s.example.com", QueryType.SRV)).Answers.SrvRecords().Single().Port);
        Assert.Equal(["one", "two"], (await client.QueryAsync("t.example.com", QueryType.TXT)).Answers.TxtRecords().Single().Text);
        Assert.Equal("ns.example.com.", (await client.QueryAsync("1.in-addr.arpa", QueryType.PTR)).Answers.PtrRecords().Single().PtrDomainName.Value);
        Assert.Equal(DnsHeaderResponseCode.NotExistentDomain, (await client.QueryAsync("a.example.com", QueryType.MX)).Header.ResponseCode);
    }

    [Fact]
    public async Task Query_AnswerTooLongForUdp_IsTruncatedAndWholeOverTcp()
    {
        using var socket = await SendAsync(Packets.Query("many.example.com"));
        Assert.True(DnsMessage.TryParse(await ReceiveAsync(socket), out var cut));
        var whole = await Client(tcp: true).QueryAsync("many.example.com", QueryType.A);

        Assert.True(cut.IsTruncated);
        Assert.InRange(cut.Records.Count, 1, 99);
        Assert.Equal(100, whole.Answers.Count);
    }

    [Theory]
    [InlineData("+notcp +noedns")]
    [InlineData("+notcp +edns +cookie")]
    [InlineData("+tcp +dnssec")]
    public async Task Query_WithDig_IsUnderstood(string options)
    {
        var result = await ProcessRunner.RunCheckedAsync(new Command("dig",
            ["@127.0.0.1", "-p", $"{EndPoint.Port}", "+tries=1", "+timeout=2", .. options.Split(' '), "aPi.Example.com", "A"]));

        Assert.Contains("status: NOERROR", result.Output, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING: Message", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("malformed", result.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Query_HandlerThrows_IsServFailAndTheNextIsAnswered()
    {
        var client = Client(tcp: false);

        Assert.Equal(DnsHeaderResponseCode.ServerFailure, (await client.QueryAsync("throw.example.com", QueryType.A)).Header.ResponseCode);
        Assert.Single((await client.QueryAsync("a.example.com", QueryType.A)).Answers);
        Assert.Equal(1, _server.Statistics.Errors);
    }

    [Fact]
    public async Task Query_LateAnswer_HoldsUpNobodyAndIsBounded()
    {
        using var late = await SendAsync(Packets.Query("late.example.com"));
        Assert.Single((await Client(tcp: false).QueryAsync("a.example.com", QueryType.A)).Answers);
        using var second = await SendAsync(Packets.Query("late.example.com"));
        using var over = await SendAsync(Packets.Query("late.example.com"));
        while (_server.Statistics.Overload == 0)
            await Task.Yield();
        _handler.Release.SetResult();

        Assert.Equal(0x8500, Packets.Flags(await ReceiveAsync(late)));
        Assert.Equal(0x8500, Packets.Flags(await ReceiveAsync(second)));
        Assert.Equal(1, _server.Statistics.Overload);
    }

    [Theory]
    [InlineData(0x2900, 1, 0, DnsRcode.NotImp)]
    [InlineData(0x0100, 3, 0, DnsRcode.Refused)]
    [InlineData(0x0100, 1, 1, DnsRcode.FormErr)]
    public async Task Query_ThatCannotBeAnswered_GetsItsErrorInNoMoreBytes(ushort flags, ushort dnsClass, int more, DnsRcode rcode)
    {
        byte[] packet = [.. Packets.Query("a.b", flags: flags, dnsClass: dnsClass), .. new byte[more]];
        using var socket = await SendAsync(packet);
        var answer = await ReceiveAsync(socket);

        Assert.InRange(answer.Length, 12, packet.Length);
        Assert.Equal((ushort)rcode, Packets.Flags(answer) & 0xF);
        Assert.Equal(packet[..2], answer[..2]);
        Assert.Equal(1, _server.Statistics.Answers(rcode));
    }

    [Fact]
    public async Task Query_WithoutAReadableQuestion_IsCountedAndNotAnswered()
    {
        using var socket = await SendAsync(Packets.Query("a.b")[..^5]);
        await socket.SendAsync(Packets.Query("a.example.com"));

        Assert.Equal(0x8580, Packets.Flags(await ReceiveAsync(socket)) | 0x80);
        Assert.Equal(1, _server.Statistics.Malformed);
        Assert.Equal(2, _server.Statistics.UdpQueries);
    }

    [Fact]
    public async Task Query_OverTheRate_IsTruncatedOrDroppedAndFreeWithACookie()
    {
        var answers = new List<byte[]>();
        using var socket = await SendAsync(Packets.Query("a.example.com"));
        answers.Add(await ReceiveAsync(socket));
        for (var i = 1; i < 30; i++)
            await socket.SendAsync(Packets.Query("a.example.com"));
        for (var i = 1; i < 25; i++)
            answers.Add(await ReceiveAsync(socket));

        Assert.Equal(20, answers.Count(a => (Packets.Flags(a) & 0x200) == 0));
        Assert.All(answers.Where(a => (Packets.Flags(a) & 0x200) != 0), a => Assert.Equal(Packets.Query("a.example.com").Length, a.Length));
        Assert.Equal((5, 5), (_server.Statistics.RateLimited, _server.Statistics.Slipped));

        await socket.SendAsync(Packets.WithOptions("b.example.com", [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]));
        var cookie = (await ReceiveAsync(socket))[^24..];
        await socket.SendAsync(Packets.WithOptions("a.example.com", [0, 10, 0, 24, .. cookie]));
        Assert.Equal(0, Packets.Flags(await ReceiveAsync(socket)) & 0x200);

        _time.Advance(TimeSpan.FromSeconds(1));
        await socket.SendAsync(Packets.Query("a.example.com"));
        Assert.Equal(0, Packets.Flags(await ReceiveAsync(socket)) & 0x200);
    }

    [Fact]
    public async Task Query_OverIpv6_IsAnswered()
    {
        await using var server = new DnsServer(new DnsServerOptions { EndPoints = [new IPEndPoint(IPAddress.IPv6Loopback, 0)], Cookies = true }, _handler);
        await server.StartAsync();
        foreach (var option in new[] { "+notcp", "+tcp" })
        {
            var result = await ProcessRunner.RunCheckedAsync(new Command(
                "dig", "@::1", "-p", $"{server.EndPoints[0].Port}", "+tries=1", "+timeout=5", option, "+short", "a.example.com", "AAAA"));
            Assert.Equal("2001:db8::1", result.Output.Trim());
        }
    }

    [Fact]
    public async Task Query_DigWithTheCookieItWasGiven_FindsItGood()
    {
        string[] arguments = ["@127.0.0.1", "-p", $"{EndPoint.Port}", "+tries=1", "+timeout=5", "+notcp", "a.example.com", "A"];
        var result = await ProcessRunner.RunCheckedAsync(new Command("dig", [.. arguments, .. arguments]));

        Assert.Equal(2, result.Output.Split("COOKIE: ").Skip(1).Count(c => c.Contains("(good)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Udp_RandomPackets_NeverEndTheServer()
    {
        var random = new Random(1);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(EndPoint);
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(0, 300)];
            random.NextBytes(bytes);
            await socket.SendAsync(bytes);

            // One at a time: the kernel drops what does not fit its buffer, and that is not what is tested.
            while (_server.Statistics.UdpQueries <= i)
                await Task.Yield();
        }

        Assert.Single((await Client(tcp: false).QueryAsync("a.example.com", QueryType.A)).Answers);
        Assert.InRange(_server.Statistics.Malformed, 1, 500);
        Assert.Equal(0, _server.Statistics.Errors);
    }

    [Fact]
    public async Task Tcp_SeveralQueriesInOneSegment_AreAllAnswered()
    {
        using var client = await ConnectAsync();
        var query = Packets.Query("a.example.com");
        byte[] framed = [0, (byte)query.Length, .. query];
        await client.GetStream().WriteAsync((byte[])[.. framed, .. framed, .. framed]);
        var answer = new byte[3 * (query.Length + 16 + 2)];
        await client.GetStream().ReadExactlyAsync(answer);

        Assert.Equal(3, _server.Statistics.TcpQueries);
    }

    [Fact]
    public async Task Tcp_SilentConnection_IsClosedAfterTheIdleTimeout()
    {
        using var client = await ConnectAsync();
        var query = Packets.Query("a.example.com");
        await client.GetStream().WriteAsync((byte[])[0, (byte)query.Length, .. query]);
        await client.GetStream().ReadExactlyAsync(new byte[query.Length + 18]);

        var closed = client.GetStream().ReadAsync(new byte[1]);
        while (!closed.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            await Task.Yield();
        }

        Assert.Equal(0, await closed);
    }

    [Fact]
    public async Task Tcp_TooManyConnections_AreClosedAtOnce()
    {
        using var one = await ConnectAsync();
        using var two = await ConnectAsync();
        using var three = await ConnectAsync();

        Assert.Equal(0, await three.GetStream().ReadAsync(new byte[1]));
        Assert.Equal(1, _server.Statistics.Overload);
    }

    [Fact]
    public async Task Start_PortInUse_NamesTheAddress()
    {
        await using var second = new DnsServer(new DnsServerOptions { EndPoints = [EndPoint] }, _handler);

        var error = await Assert.ThrowsAsync<DnsBindException>(() => second.StartAsync());
        Assert.Contains(EndPoint.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(SocketError.AddressAlreadyInUse, error.Error);
    }

    [Fact]
    public async Task Stop_WithALateAnswerPending_EndsAndFreesThePort()
    {
        using var late = await SendAsync(Packets.Query("late.example.com"));
        while (_server.Statistics.UdpQueries == 0)
            await Task.Yield();
        await _server.StopAsync();

        await using var again = new DnsServer(new DnsServerOptions { EndPoints = [EndPoint] }, _handler);
        await again.StartAsync();
        Assert.Equal(EndPoint, again.EndPoints[0]);
    }

    private LookupClient Client(bool tcp) => new(new LookupClientOptions(EndPoint)
    {
        UseCache = false,
        UseTcpOnly = tcp,
        UseTcpFallback = false,
        Retries = 0,
        ContinueOnDnsError = false,
    });

    private async Task<Socket> SendAsync(byte[] packet)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(EndPoint);
        await socket.SendAsync(packet);
        return socket;
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var buffer = new byte[1500];
        return buffer[..await socket.ReceiveAsync(buffer, timeout.Token)];
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(EndPoint);
        return client;
    }
}
