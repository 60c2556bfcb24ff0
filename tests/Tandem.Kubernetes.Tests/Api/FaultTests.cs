using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>Bad input, bad clients, and a store that goes away.</summary>
public sealed class FaultTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Theory]
    [InlineData("{", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("\"a\"", "application/json", 400)]
    [InlineData("", "application/json", 400)]
    [InlineData("{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}", "application/json", 400)]
    [InlineData("{\"metadata\":{\"name\":1}}", "application/json", 400)]
    [InlineData("{\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":{}}}", "application/json", 400)]
    [InlineData("{\"metadata\":{\"name\":\"Upper\"}}", "application/json", 422)]
    [InlineData("{\"metadata\":{}}", "application/json", 422)]
    [InlineData("a: [", "application/yaml", 400)]
    [InlineData("a: &x [*x]", "application/yaml", 400)]
    [InlineData("x", "text/plain", 415)]
    [InlineData("{}", "application/cbor", 415)]
    [InlineData("k8s", "application/vnd.kubernetes.protobuf", 400)]
    [InlineData("k8s\0\u0012\u0005abc", "application/vnd.kubernetes.protobuf", 400)]
    public async Task Create_BadBody_IsRefusedWithAStatus(string body, string type, int expected)
    {
        var (code, answer) = await api.SendAsync(HttpMethod.Post, ConfigMaps, body, type);

        Assert.Equal(expected, (int)code);
        Assert.Equal("Failure", (string?)answer!["status"]);
        Assert.Equal(expected, (int)answer["code"]!);
    }

    [Fact]
    public async Task Create_DeeplyNested_IsRefusedAndTheServerLives()
    {
        var json = $"{{\"metadata\":{{\"name\":\"deep\"}},\"data\":{string.Concat(Enumerable.Repeat("[", 100_000))}";
        var yaml = "metadata: { name: deep }\ndata: " + string.Concat(Enumerable.Repeat("[", 100_000));

        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, ConfigMaps, json)).Code);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, ConfigMaps, yaml, "application/yaml")).Code);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, "/readyz")).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Create_HugeBody_IsRefusedBeforeItIsRead(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ConfigMaps) { Content = new ByteArrayContent(new byte[4 * 1024 * 1024]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await api.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/json-patch+json", "[{\"op\":\"move\",\"from\":\"/metadata\",\"path\":\"/metadata/x\"}]")]
    [InlineData("application/json-patch+json", "[{\"op\":\"nonsense\"}]")]
    [InlineData("application/json-patch+json", "{}")]
    [InlineData("application/merge-patch+json", "[]")]
    [InlineData("application/strategic-merge-patch+json", "{\"data\":[]}")]
    [InlineData("application/strategic-merge-patch+json", "{\"$patch\":\"nonsense\"}")]
    [InlineData("application/apply-patch+yaml", "a: [")]
    [InlineData("application/apply-patch+yaml", "apiVersion: v1\nkind: ConfigMap\ndata: 5\n")]
    public async Task Patch_BadBody_IsRefusedAndChangesNothing(string type, string body)
    {
        await api.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"patched"},"data":{"a":"b"}}""");
        var before = (await api.SendAsync(HttpMethod.Get, ConfigMaps + "/patched")).Body!;

        var (code, answer) = await api.SendAsync(HttpMethod.Patch, ConfigMaps + "/patched?fieldManager=x", body, type);

        Assert.True((int)code is >= 400 and < 500 || (code == HttpStatusCode.InternalServerError && type.StartsWith("application/apply", StringComparison.Ordinal)), $"{code} {answer}");
        Assert.Equal("Failure", (string?)answer!["status"]);
        Assert.True(JsonNode.DeepEquals(before, (await api.SendAsync(HttpMethod.Get, ConfigMaps + "/patched")).Body));
    }

    [Fact]
    public async Task Tokens_ForgedOrMalformed_AreUnauthorized()
    {
        foreach (var token in new[] { "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeXN0ZW06bWFzdGVycyJ9.", new string('a', 20_000) })
        {
            using var client = api.Anonymous();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await client.GetAsync("/api/v1/pods");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task UnknownKindsAndVersions_AreNotFoundAsOnAServerWithoutThem()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/api/v1/gadgets")).Code);
        Assert.Equal("the server could not find the requested resource", (string?)(await api.SendAsync(HttpMethod.Get, "/apis/apps/v1/gadgets")).Body!["message"]);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/apis/apps/v1beta1/deployments")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/apis/example.com/v1/gadgets")).Code);
    }

    [Fact]
    public async Task Watch_ByAThousandClients_ShowsEachOfThemEveryEventInOrder()
    {
        const int watchers = 1000, events = 20;
        using var client = api.Multiplexed();
        var seen = new ConcurrentDictionary<int, List<string>>();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces", """{"metadata":{"name":"thousand"}}""");
        var streams = await Task.WhenAll(Enumerable.Range(0, watchers).Select(_ => client.GetStreamAsync("/api/v1/namespaces/thousand/configmaps?watch=true", stop.Token)));
        var reading = streams.Select((stream, index) => Task.Run(async () =>
        {
            using var reader = new StreamReader(stream);
            var names = seen.GetOrAdd(index, _ => []);
            while (names.Count < events && await reader.ReadLineAsync(stop.Token) is { } line)
                names.Add((string)JsonNode.Parse(line)!["object"]!["metadata"]!["name"]!);
        }, stop.Token)).ToList();

        for (var i = 0; i < events; i++)
            await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces/thousand/configmaps", $$$"""{"metadata":{"name":"e{{{i:00}}}"}}""");
        await Task.WhenAll(reading);

        var expected = Enumerable.Range(0, events).Select(i => $"e{i:00}").ToList();
        Assert.All(seen.Values, names => Assert.Equal(expected, names));
    }

    [Fact]
    public async Task Watch_ByAClientThatDoesNotRead_IsEndedWithExpiredAndOthersGoOn()
    {
        const int writes = 9000;
        await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces", """{"metadata":{"name":"slow"}}""");
        await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces/slow/configmaps", """{"metadata":{"name":"busy"}}""");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(100));
        await using var slow = await api.Client.GetStreamAsync("/api/v1/namespaces/slow/configmaps?watch=true", stop.Token);
        var last = "";
        var following = Task.Run(async () =>
        {
            using var other = new StreamReader(await api.Client.GetStreamAsync("/api/v1/namespaces/slow/configmaps?watch=true", stop.Token));
            while (last != "end" && await other.ReadLineAsync(stop.Token) is { } line)
                last = (string?)JsonNode.Parse(line)!["object"]!["data"]?["last"] ?? "";
        }, stop.Token);

        // Until the queue of the one is full, and the buffers on the way to it before that.
        var filler = new string('x', 4000);
        await Parallel.ForEachAsync(Enumerable.Range(0, writes), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
            await api.SendAsync(HttpMethod.Patch, "/api/v1/namespaces/slow/configmaps/busy", $$$"""{"data":{"n":"{{{i}}}","filler":"{{{filler}}}"}}""", "application/merge-patch+json"));
        await api.SendAsync(HttpMethod.Patch, "/api/v1/namespaces/slow/configmaps/busy", """{"data":{"last":"end"}}""", "application/merge-patch+json");

        await following;
        Assert.Equal("end", last);
        using var reader = new StreamReader(slow);
        var final = "";
        while (await reader.ReadLineAsync(stop.Token) is { } line)
            final = line;
        var error = JsonNode.Parse(final)!;
        Assert.Equal("ERROR", (string?)error["type"]);
        Assert.Equal(410, (int)error["object"]!["code"]!);
    }
}

/// <summary>etcd goes away for a while under the API.</summary>
public sealed class StoreLossTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(30);

    private readonly ApiServerFixture _api = new();

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Etcd_GoneForHalfAMinute_LosesNothingAcknowledgedAndComesBackByItself()
    {
        var acknowledged = new ConcurrentBag<string>();
        var refused = 0;
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var name = $"w{worker}-{i}";
                var (code, _) = await _api.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"}}""");
                if (code == HttpStatusCode.Created)
                    acknowledged.Add(name);
                else if (code is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
                    Interlocked.Increment(ref refused);
                else
                    Assert.Fail($"{code} for a write while etcd is away");
            }
        })));
        await Eventually.TrueAsync(() => acknowledged.Count > 50, "writes are acknowledged");
        await _api.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"before"}}""");

        await _api.Store.KillAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref refused) > 0, "writes are refused");
        var gone = System.Diagnostics.Stopwatch.StartNew();
        while (gone.Elapsed < Away)
        {
            var (read, body) = await _api.SendAsync(HttpMethod.Get, ConfigMaps + "/before");
            Assert.True(read is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout, $"{read} {body}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
        }

        var before = acknowledged.Count;
        await _api.Store.StartAsync();
        await Eventually.TrueAsync(() => acknowledged.Count > before + 50, "writes are acknowledged again");
        await stop.CancelAsync();
        await writing;

        var (_, list) = await _api.SendAsync(HttpMethod.Get, ConfigMaps);
        var present = list!["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!).ToHashSet();
        Assert.Empty(acknowledged.Except(present));
    }
}
