using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Content.Protobuf;
using Tandem.Kubernetes.Api.OpenApi;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>OpenAPI and what clients make of it.</summary>
public sealed class OpenApiTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    [Theory]
    [InlineData(20)]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Explain_OfAField_ShowsItsTypeAndMeaning(int minor)
    {
        var text = await api.KubectlOkAsync("explain pod.spec.hostPID", minor: minor);

        Assert.Matches(@"hostPID:?\s+<boolean>", text);
        Assert.Matches(@"Use\s+the\s+host's\s+pid\s+namespace", text);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(29)]
    [InlineData(36)]
    public async Task Explain_OfAType_MarksWhatItCannotBeWithout(int minor)
    {
        var container = await api.KubectlOkAsync("explain pod.spec.containers", minor: minor);
        var deployment = await api.KubectlOkAsync("explain deployment.spec", minor: minor);

        Assert.Matches(@"\bname:?\s+<string> -required-", container);
        Assert.DoesNotMatch(@"\bimage:?\s+<string> -required-", container);
        Assert.Matches(@"\bselector:?\s+<.*> -required-", deployment);
        Assert.Matches(@"\btemplate:?\s+<.*> -required-", deployment);
        Assert.DoesNotMatch(@"\breplicas:?\s+<integer> -required-", deployment);
    }

    [Fact]
    public void RequiredFields_Each_IsAFieldOfAType()
    {
        var wrong = RequiredFields.ByMessage.SelectMany(t => t.Value.Except(FieldsOf(t.Key)).Select(f => $"{t.Key} {f}"));

        Assert.Empty(wrong);

        static IEnumerable<string> FieldsOf(string message) =>
            MessageTable.Find(message)?.Values.SelectMany(f => f.Name.Length > 0 ? [f.Name] : FieldsOf(f.Type)) ?? [];
    }

    [Fact]
    public async Task CreateByAnOldClient_WithoutARequiredField_IsRefusedByItself()
    {
        const string manifest = "apiVersion: v1\nkind: Pod\nmetadata: { name: nameless }\nspec: { containers: [{ image: x }] }\n";

        var refused = await api.KubectlAsync("create -f -", manifest, minor: 20);

        Assert.Contains("missing required field \"name\" in io.k8s.api.core.v1.Container", refused.Error);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(36)]
    public async Task Explain_OfACustomKind_ShowsItsSchema(int minor)
    {
        var group = $"e{minor}.example.com";
        await api.SendAsync(HttpMethod.Post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", $$$$$$$$"""
            {"metadata":{"name":"bolts.{{{{{{{{group}}}}}}}}"},"spec":{"group":"{{{{{{{{group}}}}}}}}","scope":"Namespaced","names":{"plural":"bolts","kind":"Bolt"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{
               "spec":{"type":"object","properties":{"thread":{"type":"string","description":"How it is cut."}}}}}}}]}}
            """);
        await api.KubectlOkAsync($"wait --for=condition=Established crd/bolts.{group} --timeout=10s");

        Assert.Contains("How it is cut.", await api.KubectlOkAsync($"explain bolts.spec.thread --api-version={group}/v1", minor: minor));
    }

    [Fact]
    public async Task ApplyByAnOldClient_ChecksTheFieldsItself()
    {
        const string manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: checked, namespace: default }\ndatta: { a: b }\n";

        var refused = await api.KubectlAsync("apply -f -", manifest, minor: 20);

        Assert.Contains("unknown field \"datta\"", refused.Error);
    }

    [Fact]
    public async Task DryRunOnTheServer_ByAnOldClient_FindsThatItIsSupported()
    {
        const string manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: dry, namespace: default }\n";

        Assert.Contains("created (server dry run)", await api.KubectlOkAsync("apply --dry-run=server -f -", manifest, minor: 20));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/configmaps/dry")).Code);
    }

    [Fact]
    public async Task V3_Hash_IsStableLeadsToTheRightOneAndAllowsNotModified()
    {
        var url = (string)(await api.SendAsync(HttpMethod.Get, "/openapi/v3")).Body!["paths"]!["apis/apps/v1"]!["serverRelativeURL"]!;

        using var right = await api.Client.GetAsync(url);
        using var stale = await Redirected("/openapi/v3/apis/apps/v1?hash=ABC");
        using var conditional = new HttpRequestMessage(HttpMethod.Get, "/openapi/v3/apis/apps/v1") { Headers = { IfNoneMatch = { right.Headers.ETag! } } };
        using var unchanged = await api.Client.SendAsync(conditional);

        Assert.Equal("public, immutable", right.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.MovedPermanently, stale.StatusCode);
        Assert.Equal(url, stale.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(url, (string?)(await api.SendAsync(HttpMethod.Get, "/openapi/v3")).Body!["paths"]!["apis/apps/v1"]!["serverRelativeURL"]);
    }

    [Fact]
    public async Task V3_References_AllLeadSomewhere()
    {
        var paths = (await api.SendAsync(HttpMethod.Get, "/openapi/v3")).Body!["paths"]!.AsObject();
        foreach (var (path, _) in paths)
        {
            var document = (await api.SendAsync(HttpMethod.Get, "/openapi/v3/" + path)).Body!;
            var schemas = document["components"]!["schemas"]!.AsObject();
            foreach (var reference in References(document))
                Assert.True(schemas.ContainsKey(reference["#/components/schemas/".Length..]), $"{path}: {reference}");
        }
    }

    [Fact]
    public async Task LongAnswers_AreCompressedForThoseWhoAsk()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v3/api/v1");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var client = api.WithoutRedirects();
        using var answer = await client.SendAsync(request);

        Assert.Contains("gzip", answer.Content.Headers.ContentEncoding);
        await using var text = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Equal("3.0.0", (string?)(await JsonNode.ParseAsync(text))!["openapi"]);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(f => f is { Key: "$ref", Value: JsonValue v } ? [v.GetValue<string>()] : References(f.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };

    private async Task<HttpResponseMessage> Redirected(string path)
    {
        using var client = api.WithoutRedirects();
        return await client.GetAsync(path);
    }
}
