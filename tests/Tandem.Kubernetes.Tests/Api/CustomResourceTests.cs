using System.Net;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>CustomResourceDefinitions and their objects, word for word as a real server answered.</summary>
public sealed class CustomResourceTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>, IAsyncLifetime
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    /// <summary>A group of its own for each test, since the server is shared.</summary>
    private readonly string _group = $"g{Guid.NewGuid():N}.example.com";

    private string Widgets => $"/apis/{_group}/v1/namespaces/default/widgets";

    public async Task InitializeAsync()
    {
        var (code, body) = await api.SendAsync(HttpMethod.Post, Definitions, Definition("widgets", "Widget", """
            {
              "type": "object",
              "properties": {
                "spec": {
                  "type": "object",
                  "required": ["size"],
                  "properties": {
                    "size": { "type": "integer", "minimum": 1 },
                    "replicas": { "type": "integer", "default": 2 },
                    "mode": { "type": "string", "enum": ["a", "b"], "maxLength": 5 },
                    "items": {
                      "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                      "items": { "type": "object", "required": ["k"], "properties": { "k": { "type": "string" }, "v": { "type": "string" } } }
                    }
                  },
                  "x-kubernetes-validations": [
                    { "rule": "self.size<100", "message": "too big" },
                    { "rule": "self.size >= oldSelf.size", "messageExpression": "'was ' + string(oldSelf.size)", "fieldPath": ".size" }
                  ]
                },
                "status": { "type": "object", "x-kubernetes-preserve-unknown-fields": true }
              }
            }
            """));
        Assert.True(code == HttpStatusCode.Created, body?.ToString());
        await ServedAsync(Widgets);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Create_UnknownField_IsPrunedWithAWarningAndDefaultsAreSet()
    {
        using var answer = await PostAsync("""{"spec":{"size":3,"bogus":1},"status":{"a":1}}""", "w");
        var body = await BodyAsync(answer);

        Assert.Equal("299 - \"unknown field \\\"spec.bogus\\\"\"", answer.Headers.GetValues("Warning").Single());
        Assert.Equal("""{"size":3,"replicas":2}""", body["spec"]!.ToJsonString());
        Assert.Null(body["status"]);
        Assert.Equal(1, (int)body["metadata"]!["generation"]!);
    }

    [Theory]
    [InlineData("""{"spec":{"size":0}}""", "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1")]
    [InlineData("""{"spec":{"size":200}}""", "spec: Invalid value: too big")]
    [InlineData("""{"spec":{}}""", "[spec.size: Required value, <nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation]")]
    public async Task Create_Invalid_SaysWhatTheRealServerSays(string value, string why)
    {
        using var answer = await PostAsync(value, "w");
        var body = await BodyAsync(answer);

        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Equal($"Widget.{_group} \"w\" is invalid: {why}", (string?)body["message"]);
    }

    [Fact]
    public async Task Create_SeveralFaults_NamesThemAll()
    {
        using var answer = await PostAsync("""{"spec":{"size":"x","mode":"toolong","items":[{"k":"a"},{"k":"a"}]}}""", "w");
        var message = (string)(await BodyAsync(answer))["message"]!;

        Assert.Contains("spec.size: Invalid value: \"x\": spec.size in body must be of type integer: \"string\"", message);
        Assert.Contains("spec.mode: Unsupported value: \"toolong\": supported values: \"a\", \"b\"", message);
        Assert.Contains("spec.mode: Too long: may not be more than 5 bytes", message);
        Assert.Contains("spec.items[1]: Duplicate value: {\"k\":\"a\"}", message);
    }

    [Fact]
    public async Task Create_StrictUnknownField_IsRefused()
    {
        var (code, body) = await api.SendAsync(HttpMethod.Post, Widgets + "?fieldValidation=Strict", Widget("w2", """{"spec":{"size":3,"bogus":1}}"""));

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal("Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field \"spec.bogus\"", (string?)body!["message"]);
    }

    [Fact]
    public async Task Patch_ByFormAndSubresource_ActsAsTheRealServer()
    {
        await PostAsync("""{"spec":{"size":3}}""", "p");
        var path = Widgets + "/p";

        var strategic = await api.SendAsync(HttpMethod.Patch, path, """{"spec":{"size":4}}""", "application/strategic-merge-patch+json");
        Assert.Equal("the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml", (string?)strategic.Body!["message"]);

        var unconditional = await api.SendAsync(HttpMethod.Put, path, Widget("p", """{"spec":{"size":5}}"""));
        Assert.Equal($"widgets.{_group} \"p\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update", (string?)unconditional.Body!["message"]);

        var merged = await api.SendAsync(HttpMethod.Patch, path, """{"spec":{"size":6}}""", "application/merge-patch+json");
        Assert.Equal(2, (int)merged.Body!["metadata"]!["generation"]!);
        var labelled = await api.SendAsync(HttpMethod.Patch, path, """{"metadata":{"labels":{"a":"b"}}}""", "application/merge-patch+json");
        Assert.Equal(2, (int)labelled.Body!["metadata"]!["generation"]!);
        var status = await api.SendAsync(HttpMethod.Patch, path + "/status", """{"status":{"replicas":1},"spec":{"size":9}}""", "application/merge-patch+json");
        Assert.Equal(6, (int)status.Body!["spec"]!["size"]!);
        Assert.Equal(1, (int)status.Body["status"]!["replicas"]!);

        var shrunk = await api.SendAsync(HttpMethod.Patch, path, """{"spec":{"size":5}}""", "application/merge-patch+json");
        Assert.Equal($"Widget.{_group} \"p\" is invalid: spec.size: Invalid value: was 6", (string?)shrunk.Body!["message"]);

        var scale = await api.SendAsync(HttpMethod.Patch, path + "/scale", """{"spec":{"replicas":7}}""", "application/merge-patch+json");
        Assert.Equal("""{"replicas":7}""", scale.Body!["spec"]!.ToJsonString());
        Assert.Equal("""{"replicas":1}""", scale.Body["status"]!.ToJsonString());
    }

    [Fact]
    public async Task Apply_ListMap_RecordsItsKeys()
    {
        await PostAsync("""{"spec":{"size":3}}""", "s");

        var (_, body) = await api.SendAsync(
            HttpMethod.Patch, Widgets + "/s?fieldManager=z", Widget("s", """{"spec":{"items":[{"k":"a","v":"1"}]}}"""), "application/apply-patch+yaml");

        var entry = body!["metadata"]!["managedFields"]!.AsArray().Single(m => (string?)m!["manager"] == "z")!;
        Assert.Equal("""{"f:spec":{"f:items":{"k:{\"k\":\"a\"}":{".":{},"f:k":{},"f:v":{}}}}}""", entry["fieldsV1"]!.ToJsonString(Plain));
        Assert.Equal("Apply", (string?)entry["operation"]);
    }

    [Fact]
    public async Task List_Items_CarryTheirKind()
    {
        await PostAsync("""{"spec":{"size":3}}""", "l");

        var (_, body) = await api.SendAsync(HttpMethod.Get, Widgets);

        Assert.Equal("WidgetList", (string?)body!["kind"]);
        Assert.Equal("Widget", (string?)body["items"]![0]!["kind"]);
    }

    [Fact]
    public async Task Versions_WithoutWebhook_AreServedFromOneStore()
    {
        var (code, body) = await api.SendAsync(HttpMethod.Post, Definitions, $$$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"gears.{{{{_group}}}}"},
             "spec":{"group":"{{{{_group}}}}","scope":"Cluster","names":{"plural":"gears","kind":"Gear"},"versions":[
              {"name":"v1beta1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
              {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
              {"name":"v2","served":false,"storage":false,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """);
        Assert.True(code == HttpStatusCode.Created, body?.ToString());
        await ServedAsync($"/apis/{_group}/v1/gears");
        await api.SendAsync(HttpMethod.Post, $"/apis/{_group}/v1beta1/gears", $$"""{"apiVersion":"{{_group}}/v1beta1","kind":"Gear","metadata":{"name":"g"},"teeth":[1,2]}""");

        var newer = await api.SendAsync(HttpMethod.Get, $"/apis/{_group}/v1/gears/g");
        var older = await api.SendAsync(HttpMethod.Get, $"/apis/{_group}/v1beta1/gears");
        var group = await api.SendAsync(HttpMethod.Get, $"/apis/{_group}");
        var absent = await api.SendAsync(HttpMethod.Get, $"/apis/{_group}/v2/gears");

        Assert.Equal($"{_group}/v1", (string?)newer.Body!["apiVersion"]);
        Assert.Equal("[1,2]", newer.Body["teeth"]!.ToJsonString());
        Assert.Equal($"{_group}/v1beta1", (string?)older.Body!["items"]![0]!["apiVersion"]);
        Assert.Equal("v1", (string?)group.Body!["preferredVersion"]!["version"]);
        Assert.Equal(HttpStatusCode.NotFound, absent.Code);
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "openAPIV3Schema.type: Invalid value: \"string\": must be object at the root")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", "openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"("}}}""", "must be a valid regular expression, but isn't")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","default":1}}}""", "must be of type string: \"integer\"")]
    [InlineData("""{"type":"object","x-kubernetes-validations":[{"rule":"self.a.quantity() > 1"}]}""", "undeclared reference to 'quantity'")]
    [InlineData("""{"type":"object","x-kubernetes-validations":[{"rule":"self.a >"}]}""", "compilation failed")]
    public async Task Definition_NotStructural_IsRefused(string schema, string why)
    {
        var (code, body) = await api.SendAsync(HttpMethod.Post, Definitions, Definition("things", "Thing", schema));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains(why, (string?)body!["message"]);
    }

    [Fact]
    public async Task Definition_NameTaken_IsNotEstablished()
    {
        await api.SendAsync(HttpMethod.Post, Definitions, Definition("others", "Widget", """{"type":"object"}"""));

        await Eventually.TrueAsync(async () => Condition(await api.SendAsync(HttpMethod.Get, $"{Definitions}/others.{_group}"), "NamesAccepted") == "SingularConflict", "the names are refused");
        Assert.Equal("NotAccepted", Condition(await api.SendAsync(HttpMethod.Get, $"{Definitions}/others.{_group}"), "Established"));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"/apis/{_group}/v1/namespaces/default/others")).Code);
    }

    [Fact]
    public async Task Definition_Deleted_TakesItsObjectsWithIt()
    {
        await PostAsync("""{"spec":{"size":3}}""", "d");

        await api.SendAsync(HttpMethod.Delete, $"{Definitions}/widgets.{_group}");

        await Eventually.TrueAsync(async () => (await api.SendAsync(HttpMethod.Get, $"{Definitions}/widgets.{_group}")).Code == HttpStatusCode.NotFound, "the definition is gone");
        await Eventually.TrueAsync(async () => (await api.SendAsync(HttpMethod.Get, Widgets)).Code == HttpStatusCode.NotFound, "the server has heard of it");
        await api.SendAsync(HttpMethod.Post, Definitions, Definition("widgets", "Widget", """{"type":"object"}"""));
        await ServedAsync(Widgets);
        Assert.Empty((await api.SendAsync(HttpMethod.Get, Widgets)).Body!["items"]!.AsArray());
    }

    [Fact]
    public async Task Restart_OfTheServer_KeepsKindsAndObjects()
    {
        await PostAsync("""{"spec":{"size":3}}""", "r");

        await api.RestartAsync();

        Assert.Equal(3, (int)(await api.SendAsync(HttpMethod.Get, Widgets + "/r")).Body!["spec"]!["size"]!);
    }

    [Fact]
    public async Task Schema_WithANewDefault_ShowsItInOldObjects()
    {
        await PostAsync("""{"spec":{"size":3}}""", "n");

        await api.SendAsync(
            HttpMethod.Patch, $"{Definitions}/widgets.{_group}",
            """[{"op":"add","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/colour","value":{"type":"string","default":"red"}}]""", "application/json-patch+json");

        await Eventually.TrueAsync(async () => (string?)(await api.SendAsync(HttpMethod.Get, Widgets + "/n")).Body!["spec"]!["colour"] == "red", "the default shows");
    }

    [Fact]
    public async Task Kubectl_OnACustomKind_PrintsItsColumnsAndScalesIt()
    {
        await PostAsync("""{"spec":{"size":3}}""", "k");

        Assert.Matches("NAME +REP\nk +2", (await api.KubectlOkAsync($"get widgets.{_group} k")).Trim());
        await api.KubectlOkAsync($"scale widgets.{_group}/k --replicas=4");
        Assert.Equal("4", await api.KubectlOkAsync($"get widgets.{_group} k -o jsonpath={{.spec.replicas}}"));
        Assert.Contains($"widgets.{_group}", await api.KubectlOkAsync($"api-resources --api-group={_group} -o name"));
        await api.KubectlOkAsync($"wait --for=condition=Established crd/widgets.{_group} --timeout=10s");
        Assert.Contains("deleted", await api.KubectlOkAsync($"delete widgets.{_group} k"));
    }

    private static readonly System.Text.Json.JsonSerializerOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string? Condition((HttpStatusCode Code, JsonNode? Body) answer, string type) =>
        (string?)answer.Body!["status"]!["conditions"]!.AsArray().FirstOrDefault(c => (string?)c!["type"] == type)?["reason"];

    private Task ServedAsync(string path) =>
        Eventually.TrueAsync(async () => (await api.SendAsync(HttpMethod.Get, path)).Code == HttpStatusCode.OK, "the kind is served");

    private async Task<HttpResponseMessage> PostAsync(string value, string name) =>
        await api.Client.PostAsync(Widgets, new StringContent(Widget(name, value), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    private string Widget(string name, string value)
    {
        var body = JsonNode.Parse(value)!.AsObject();
        body["apiVersion"] = $"{_group}/v1";
        body["kind"] = "Widget";
        body["metadata"] = new JsonObject { ["name"] = name };
        return body.ToJsonString();
    }

    private string Definition(string plural, string kind, string schema) => $$$$"""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{{plural}}}}.{{{{_group}}}}"},
         "spec":{"group":"{{{{_group}}}}","scope":"Namespaced","names":{"plural":"{{{{plural}}}}","kind":"{{{{kind}}}}"},"versions":[
          {"name":"v1","served":true,"storage":true,
           "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"}},
           "additionalPrinterColumns":[{"name":"Rep","type":"integer","jsonPath":".spec.replicas"}],
           "schema":{"openAPIV3Schema":{{{{schema}}}}}}]}}
        """;
}
