using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tandem.Cloudflare.Model;

namespace Tandem.Cloudflare.Tests;

public class CloudflareClientTests
{
    private const string Ok = """{"success":true,"errors":[],"messages":[],"result":{"id":"abc"}}""";

    [Fact]
    public async Task CreateAsync_Monitor_SendsSnakeCaseAndOnlyWhatIsSet()
    {
        var api = new StubApi((HttpStatusCode.OK, """{"success":true,"result":{"id":"m1","consecutive_down":3,"created_on":"2026-01-01T00:00:00Z"}}"""));

        var monitor = await api.Client().Monitors("acc").CreateAsync(new CloudflareMonitor
        {
            Type = "http",
            ConsecutiveDown = 3,
            FollowRedirects = false,
            Header = new Dictionary<string, IReadOnlyList<string>> { ["Host"] = ["api.yourcompany.com"] },
        });

        var request = Assert.Single(api.Requests);
        Assert.Equal("/client/v4/accounts/acc/load_balancers/monitors", request.Path);
        Assert.Equal("Bearer secret", request.Authorization);
        Assert.Equal(
            """{"type":"http","header":{"Host":["api.yourcompany.com"]},"consecutive_down":3,"follow_redirects":false}""", request.Body);
        Assert.Equal("m1", monitor.Id);
        Assert.Equal(3, monitor.ConsecutiveDown);
    }

    [Fact]
    public async Task GetThenReplaceAsync_FieldsUnknownHere_AreKept()
    {
        var api = new StubApi(
            (HttpStatusCode.OK, """{"success":true,"result":{"id":"p1","name":"hot","check_regions":["WEU"],"origins":[{"name":"a","flatten_cname":true}]}}"""),
            (HttpStatusCode.OK, Ok));
        var pools = api.Client().Pools("acc");

        await pools.ReplaceAsync("p1", await pools.GetAsync("p1") with { Enabled = false });

        Assert.Equal(HttpMethod.Put, api.Requests[1].Method);
        Assert.Contains("\"check_regions\":[\"WEU\"]", api.Requests[1].Body, StringComparison.Ordinal);
        Assert.Contains("\"flatten_cname\":true", api.Requests[1].Body, StringComparison.Ordinal);
        Assert.Contains("\"enabled\":false", api.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsync_SeveralPages_ReadsAll()
    {
        static string Page(int page) => $$$"""{"success":true,"result":[{"id":"{{{page}}}"}],"result_info":{"page":{{{page}}},"total_pages":3}}""";
        var api = new StubApi((HttpStatusCode.OK, Page(1)), (HttpStatusCode.OK, Page(2)), (HttpStatusCode.OK, Page(3)));

        Assert.Equal(["1", "2", "3"], (await api.Client().LoadBalancers("z").ListAsync()).Select(l => l.Id));
        Assert.Equal("/client/v4/zones/z/load_balancers?page=3&per_page=50", api.Requests[2].Path);
    }

    [Fact]
    public async Task ZonesAsync_ByName_AsksForIt()
    {
        var api = new StubApi((HttpStatusCode.OK, """{"success":true,"result":[{"id":"z","name":"a.com","account":{"id":"acc"}}]}"""));

        Assert.Equal("acc", (await api.Client().ZonesAsync("a.com")).Single().Account!.Id);
        Assert.Equal("/client/v4/zones?name=a.com&page=1&per_page=50", api.Requests[0].Path);
    }

    [Fact]
    public async Task PoolHealthAsync_Answer_IsReadByAddress()
    {
        var api = new StubApi((HttpStatusCode.OK, """
            {"success":true,"result":{"pool_id":"p","pop_health":{"Amsterdam, NL":{"healthy":true,"origins":[
              {"192.0.2.1":{"healthy":true,"rtt":"12.1ms","failure_reason":"No failures","response_code":200}}]}}}}
            """));

        var origin = (await api.Client().PoolHealthAsync("acc", "p")).PopHealth!["Amsterdam, NL"].Origins![0]["192.0.2.1"];

        Assert.Equal(new CloudflareOriginHealth { Healthy = true, Rtt = "12.1ms", FailureReason = "No failures", ResponseCode = 200 }, origin);
    }

    [Fact]
    public async Task DeleteAsync_Refused_ThrowsWithStatusCodeAndMessage()
    {
        var api = new StubApi((HttpStatusCode.PreconditionFailed, """
            {"success":false,"errors":[{"code":1005,"message":"This object is referenced by other objects, delete them first."}],"result":null}
            """));

        var error = await Assert.ThrowsAsync<CloudflareException>(() => api.Client().Pools("acc").DeleteAsync("p"));

        Assert.Equal((HttpStatusCode.PreconditionFailed, 1005), (error.Status, error.Code));
        Assert.Contains("referenced by other objects", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>bad gateway</html>", HttpStatusCode.Forbidden)]
    [InlineData("""{"success":false,"errors":[]}""", HttpStatusCode.OK)]
    [InlineData("nonsense", HttpStatusCode.OK)]
    public async Task GetAsync_AnswerThatIsNoSuccess_Throws(string body, HttpStatusCode status)
    {
        var api = new StubApi((status, body));

        Assert.Equal(status, (await Assert.ThrowsAsync<CloudflareException>(() => api.Client().Pools("a").GetAsync("p"))).Status);
    }

    [Fact]
    public async Task GetAsync_ServerBusy_WaitsAsToldAndAsksAgain()
    {
        var time = new FakeTimeProvider();
        var api = new StubApi((HttpStatusCode.TooManyRequests, ""), (HttpStatusCode.OK, Ok)) { RetryAfter = TimeSpan.FromSeconds(7) };
        var get = api.Client(time).Pools("a").GetAsync("abc");

        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Single(api.Requests);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("abc", (await get).Id);
    }

    [Fact]
    public async Task ReplaceAsync_ServerStaysDown_GivesUpAfterAllAttempts()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        var api = new StubApi((0, ""), (HttpStatusCode.BadGateway, ""), (0, ""), (HttpStatusCode.ServiceUnavailable, ""));
        var replace = api.Client(time).Pools("a").ReplaceAsync("p", new CloudflarePool());
        while (!replace.IsCompleted)
            time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Assert.ThrowsAsync<CloudflareException>(() => replace)).Status);
        Assert.Equal(4, api.Requests.Count);
    }

    [Fact]
    public async Task CreateAsync_ServerFails_IsNotSentTwice()
    {
        var api = new StubApi((HttpStatusCode.BadGateway, ""));

        await Assert.ThrowsAsync<CloudflareException>(() => api.Client().Pools("a").CreateAsync(new CloudflarePool { Name = "hot" }));
        Assert.Single(api.Requests);
    }

    [Fact]
    public void Options_AsText_HideTheToken() =>
        Assert.DoesNotContain("secret", new CloudflareClientOptions { ApiToken = "secret" }.ToString(), StringComparison.Ordinal);
}
