using System.Net.WebSockets;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Api.Streams.Spdy;

namespace Tandem.Kubernetes.Tests.Streams.Spdy;

/// <summary>A runtime that says anything: the client always hears a Status.</summary>
public sealed class RuntimeStreamsTests
{
    private static readonly StreamOptions All = new("c", ["true"], Stdin: true, Stdout: true, Stderr: true, Tty: false);

    [Property]
    public void CopyToAsync_HostileRuntime_EndsInAStatus(byte[] bytes) =>
        Assert.Equal("Failure", StatusOf(bytes).Result!["status"]!.ToString());

    [Property]
    public void CopyToAsync_OutputThenHostileBytes_EndsInAStatus(byte[] output, byte[] bytes) =>
        Assert.Equal("Failure", StatusOf([.. SpdyWriter.Data(5, output), .. bytes]).Result!["status"]!.ToString());

    [Fact]
    public async Task CopyToAsync_StatusWithoutAnEnd_IsBounded()
    {
        var endless = Enumerable.Repeat(SpdyWriter.Data(1, new byte[SpdyWriter.MaxData]), 3).SelectMany(f => f).ToArray();

        Assert.Contains("its status is longer than", (string?)(await StatusOf(endless))!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task CopyToAsync_StatusOfTheRuntime_IsPassedOn() => Assert.Equal(
        "Success", (string?)(await StatusOf(SpdyWriter.Data(1, """{"status":"Success"}"""u8, fin: true)))!["status"]);

    [Theory]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"status":"Success","status":"Failure"}""")]
    [InlineData("""{"status":{"status":1},"message":[2]}""")]
    [InlineData("\ud800")]
    public async Task CopyToAsync_StatusThatIsNone_IsAnInternalError(string status)
    {
        var heard = await StatusOf(SpdyWriter.Data(1, System.Text.Encoding.UTF8.GetBytes(status), fin: true));

        Assert.Equal(("Failure", "InternalError"), ((string?)heard!["status"], (string?)heard["reason"]));
    }

    private static async Task<JsonNode?> StatusOf(byte[] said)
    {
        await using var connection = new Peer(said);
        await using var client = new Peer([]);
        using var socket = WebSocket.CreateFromStream(client, new WebSocketCreationOptions { IsServer = true });
        using var streams = new RuntimeStreams(connection);
        await streams.OpenAsync(All, CancellationToken.None);
        return JsonNode.Parse(await streams.CopyToAsync(new ChannelWriter(socket), CancellationToken.None));
    }

    /// <summary>Says what it is to say, and takes whatever it is told.</summary>
    private sealed class Peer(byte[] says) : MemoryStream(says, writable: false)
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override void Write(byte[] buffer, int offset, int count)
        {
            // Nobody reads it.
        }
    }
}
