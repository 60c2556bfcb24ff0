using System.Buffers.Text;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>What browsers speak: each subprotocol of channels, and tokens among the subprotocols.</summary>
public sealed class WebSocketTests(StreamsFixture cluster) : IClassFixture<StreamsFixture>
{
    private const string Command = "exec?command=sh&command=-c&command=read%20line%3B%20echo%20got%20%24line%3B%20echo%20oops%20%3E%262%3B%20exit%203&stdin=1&stdout=1&stderr=1";
    private const string TokenPrefix = "base64url.bearer.authorization.k8s.io.";

    [Theory]
    [InlineData("v5.channel.k8s.io")]
    [InlineData("v4.channel.k8s.io")]
    [InlineData("channel.k8s.io")]
    [InlineData("v4.base64.channel.k8s.io")]
    [InlineData("base64.channel.k8s.io")]
    public async Task Exec_EachSubprotocol_CarriesTheChannels(string protocol)
    {
        var base64 = protocol.Contains("base64", StringComparison.Ordinal);
        using var socket = await ConnectAsync(cluster.Client, Command, protocol);

        Assert.Equal(protocol, socket.SubProtocol);
        var (type, message) = base64
            ? (WebSocketMessageType.Text, "0" + Convert.ToBase64String("word\n"u8))
            : (WebSocketMessageType.Binary, "\0word\n");
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), type, endOfMessage: true, CancellationToken.None);
        var channels = await ReadAsync(socket, base64);

        Assert.Equal(("got word\n", "oops\n"), (channels[1], channels[2]));
        if (protocol.StartsWith('v'))
            Assert.Equal("3", (string?)JsonNode.Parse(channels[3])!["details"]!["causes"]![0]!["message"]);
        else
            Assert.Contains("exit code 3", channels[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_UnknownSubprotocol_IsRefused()
    {
        var (code, _) = await RefusedAsync(cluster.Client, "nonsense.k8s.io");

        Assert.Equal(HttpStatusCode.Forbidden, code);
    }

    [Fact]
    public async Task Exec_TokenAmongTheSubprotocols_Authenticates()
    {
        var token = await TokenAsync("runs", "create", "get");
        using var anonymous = cluster.Anonymous();
        using var socket = await ConnectAsync(anonymous, Command, TokenPrefix + Encode(token), "v4.channel.k8s.io");

        Assert.Equal("v4.channel.k8s.io", socket.SubProtocol);
        Assert.All(socket.HttpResponseHeaders!.SelectMany(h => h.Value), v => Assert.DoesNotContain(TokenPrefix, v, StringComparison.Ordinal));
        await socket.SendAsync("\0word\n"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        Assert.Equal("got word\n", (await ReadAsync(socket, base64: false))[1]);
    }

    [Fact]
    public async Task Exec_TokenThatIsAloneWrongOrGivenTwice_IsUnauthorized()
    {
        using var anonymous = cluster.Anonymous();
        var token = TokenPrefix + Encode(await TokenAsync("alone", "create", "get"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await RefusedAsync(anonymous, token)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefusedAsync(anonymous, token + "A", "v4.channel.k8s.io")).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefusedAsync(anonymous, token, TokenPrefix + "e30", "v4.channel.k8s.io")).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefusedAsync(anonymous, TokenPrefix + "_w", "v4.channel.k8s.io")).Code);
    }

    [Fact]
    public async Task Exec_WithTheRightToReadOnly_IsForbidden()
    {
        using var anonymous = cluster.Anonymous();
        var token = await TokenAsync("reads", "get");

        var (code, challenge) = await RefusedAsync(anonymous, TokenPrefix + Encode(token), "v5.channel.k8s.io");

        Assert.Equal((HttpStatusCode.Forbidden, ""), (code, challenge));
    }

    private static string Encode(string token) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token));

    private async Task<ClientWebSocket> ConnectAsync(HttpClient client, string subresource, params string[] protocols)
    {
        var socket = new ClientWebSocket();
        foreach (var protocol in protocols)
            socket.Options.AddSubProtocol(protocol);
        socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(new Uri(client.BaseAddress!, "/api/v1/namespaces/default/pods/box/" + subresource)) { Scheme = "wss" };
        try
        {
            await socket.ConnectAsync(address.Uri, client, CancellationToken.None);
        }
        catch (WebSocketException e)
        {
            var (code, headers) = (socket.HttpStatusCode, socket.HttpResponseHeaders);
            socket.Dispose();
            throw new RefusedException(code, headers is not null && headers.TryGetValue("Sec-WebSocket-Protocol", out var values) ? string.Join(',', values) : "", e);
        }

        return socket;
    }

    private async Task<(HttpStatusCode Code, string Protocol)> RefusedAsync(HttpClient client, params string[] protocols)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => ConnectAsync(client, Command, protocols));
        return (refused.Code, refused.Protocol);
    }

    /// <summary>All that comes until the server closes, by channel.</summary>
    private static async Task<Dictionary<int, string>> ReadAsync(ClientWebSocket socket, bool base64)
    {
        var channels = new Dictionary<int, string>();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } received)
        {
            if (received.Count == 0)
                continue;
            var channel = base64 ? buffer[0] - '0' : buffer[0];
            var text = Encoding.UTF8.GetString(buffer, 1, received.Count - 1);
            channels[channel] = channels.GetValueOrDefault(channel) + (base64 ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text);
        }

        return channels;
    }

    /// <summary>A token of a new account that may do this with <c>pods/exec</c>.</summary>
    private async Task<string> TokenAsync(string name, params string[] verbs)
    {
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: { name: {{name}}, namespace: default }
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: { name: {{name}}, namespace: default }
            rules: [ { apiGroups: [ "" ], resources: [ pods/exec ], verbs: [ {{string.Join(", ", verbs)}} ] } ]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: { name: {{name}}, namespace: default }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{name}} }
            subjects: [ { kind: ServiceAccount, name: {{name}}, namespace: default } ]
            """);
        return (await cluster.RunOkAsync(31, ["create", "token", name])).Trim();
    }

    private sealed class RefusedException(HttpStatusCode code, string protocol, Exception inner) : Exception($"refused with {code}", inner)
    {
        public HttpStatusCode Code => code;

        public string Protocol => protocol;
    }
}
