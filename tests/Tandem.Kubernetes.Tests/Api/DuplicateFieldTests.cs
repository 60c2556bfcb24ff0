using System.Net;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>JSON with a field twice: the last one counts, and field validation says whether that is told or refused.</summary>
public sealed class DuplicateFieldTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    [Theory]
    [InlineData("", 201, true)]
    [InlineData("?fieldValidation=Warn", 201, true)]
    [InlineData("?fieldValidation=Ignore", 201, false)]
    [InlineData("?fieldValidation=Strict", 400, false)]
    public async Task Create_FieldTwice_IsTreatedByTheFieldValidation(string query, int code, bool warns)
    {
        using var answer = await api.Client.PostAsync(Deployments + query, Json(Deployment("d" + code + warns.ToString().ToLowerInvariant() + query.Length)));

        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(code, (int)answer.StatusCode);
        Assert.Equal(
            warns ? ["299 - \"duplicate field \\\"spec.replicas\\\"\"", "299 - \"duplicate field \\\"spec.template.spec.containers[0].image\\\"\""] : [],
            answer.Headers.TryGetValues("Warning", out var warnings) ? warnings : []);
        if (code == 201)
            Assert.Equal((2, "second"), ((int)body["spec"]!["replicas"]!, (string?)body["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]));
        else
            Assert.Equal(
                "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: duplicate field \"spec.replicas\", duplicate field \"spec.template.spec.containers[0].image\"",
                (string?)body["message"]);
    }

    [Fact]
    public async Task Create_UnknownFieldTwice_IsOnlyUnknown()
    {
        var (_, body) = await api.SendAsync(
            HttpMethod.Post, "/api/v1/namespaces/default/configmaps?fieldValidation=Strict", """{"metadata":{"name":"u"},"odd":{"a":1,"a":2},"odd":{"b":1}}""");

        Assert.EndsWith("strict decoding error: unknown field \"odd\"", (string?)body!["message"]);
    }

    [Theory]
    [InlineData("application/merge-patch+json")]
    [InlineData("application/strategic-merge-patch+json")]
    public async Task Patch_FieldTwice_TakesTheLastOrIsRefusedIfStrict(string type)
    {
        const string map = "/api/v1/namespaces/default/configmaps/patched";
        const string patch = """{"data":{"a":"1","a":"2"}}""";
        await api.SendAsync(HttpMethod.Post, map[..^8], """{"metadata":{"name":"patched"}}""");

        var strict = await api.SendAsync(HttpMethod.Patch, map + "?fieldValidation=Strict", patch, type);
        var lenient = await api.SendAsync(HttpMethod.Patch, map, patch, type);

        Assert.Equal(HttpStatusCode.BadRequest, strict.Code);
        Assert.Contains("duplicate field \"data.a\"", (string?)strict.Body!["message"]);
        Assert.Equal((HttpStatusCode.OK, "2"), (lenient.Code, (string?)lenient.Body!["data"]!["a"]));
    }

    [Fact]
    public async Task Create_FieldTwiceInBrokenJson_IsRefused()
    {
        var (code, _) = await api.SendAsync(HttpMethod.Post, Deployments, """{"metadata":{"name":"a","name":"b"}""");

        Assert.Equal(HttpStatusCode.BadRequest, code);
    }

    private static string Deployment(string name) => $$$"""
        {"metadata":{"name":"{{{name}}}"},"spec":{"replicas":1,"replicas":2,"selector":{"matchLabels":{"a":"b"}},
         "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"first","image":"second"}] } } } }
        """;

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
