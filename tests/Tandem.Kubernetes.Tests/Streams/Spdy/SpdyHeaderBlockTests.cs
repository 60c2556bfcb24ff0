using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Tandem.Kubernetes.Api.Streams.Spdy;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Streams.Spdy;

/// <summary>Header blocks, read by zlib with SPDY/3's dictionary (draft 3.1, 2.6.10.1): .NET's own offers no dictionary, Node's does.</summary>
public sealed class SpdyHeaderBlockTests
{
    private const string Words =
        "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control "
        + "connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag "
        + "expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma "
        + "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning "
        + "www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive";

    private const string Rest =
        "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content"
        + "301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
        + "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,"
        + "application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

    // Inflates one block more each time, as a peer does that has had no more yet.
    private const string Inflate = """
        const zlib = require('zlib');
        const { dictionary, sessions } = JSON.parse(require('fs').readFileSync(0));
        const options = { dictionary: Buffer.from(dictionary, 'base64'), finishFlush: zlib.constants.Z_SYNC_FLUSH };
        const read = (blocks) => blocks.map((_, i) =>
          zlib.inflateSync(Buffer.concat(blocks.slice(0, i + 1).map((b) => Buffer.from(b, 'base64'))), options).toString('base64'));
        console.log(JSON.stringify(sessions.map(read)));
        """;

    [Fact]
    public async Task Encode_ManySessionsOfBlocks_AreReadByZlibOneByOne()
    {
        const int seed = 3;
        var random = new Random(seed);
        var sessions = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, random.Next(1, 6)).Select(_ => Headers(random)).ToList()).ToList();
        var encoded = sessions.Select(s =>
        {
            var block = new SpdyHeaderBlock();
            return s.Select(h => Convert.ToBase64String(block.Encode(h))).ToList();
        });

        var result = await ProcessRunner.RunCheckedAsync(new Command("node", "-e", Inflate)
        {
            Input = JsonSerializer.Serialize(new { dictionary = Convert.ToBase64String(Dictionary()), sessions = encoded }),
        });

        var inflated = JsonSerializer.Deserialize<List<List<byte[]>>>(result.Output)!;
        var expected = sessions.Select(s => s.Select((_, i) => s.Take(i + 1).SelectMany(Plain).ToArray()));
        Assert.Equal(expected, inflated);
    }

    private static List<(string Name, string Value)> Headers(Random random) =>
        [.. Enumerable.Range(0, random.Next(0, 5)).Select(i => ($"name-{i}", new string((char)random.Next('a', 'z'), random.Next(0, 300))))];

    private static byte[] Plain(List<(string Name, string Value)> headers) =>
        [.. Number(headers.Count), .. headers.SelectMany(h => (byte[])[.. Text(h.Name), .. Text(h.Value)])];

    private static byte[] Dictionary() =>
        [.. Words.Split(' ').SelectMany(w => Text(w.Replace('_', ' '))), .. Number("origin".Length), .. Encoding.ASCII.GetBytes("origin" + Rest)];

    private static byte[] Text(string text) => [.. Number(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
