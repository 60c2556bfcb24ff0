using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Apply;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Tests.Api.Apply;

/// <summary>The cases recorded from a real kube-apiserver, and what they leave open.</summary>
public sealed class ServerSideApplyTests
{
    private static readonly Schema ConfigMap = Schema.Of(typeof(V1ConfigMap));
    private static readonly Schema Deployment = Schema.Of(typeof(V1Deployment));
    private static readonly Schema Service = Schema.Of(typeof(V1Service));

    [Fact]
    public void Apply_New_OwnsItsLeaves()
    {
        var result = Map("{}", "m1", """{"metadata":{"labels":{"l":"1"}},"data":{"a":"1","b":"1"}}""");

        Assert.Equal("""{"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:l":{}}}}""", Fields(result, "m1"));
    }

    [Fact]
    public void Apply_SameValueByAnother_IsShared()
    {
        var first = Map("{}", "m1", """{"data":{"a":"1"}}""");

        var second = Map(first, "m2", """{"data":{"a":"1"}}""");

        Assert.Equal((Fields(second, "m1"), Fields(second, "m2")), ("""{"f:data":{"f:a":{}}}""", """{"f:data":{"f:a":{}}}"""));
    }

    [Fact]
    public void Apply_OtherValue_ConflictsByFieldAndManager()
    {
        var live = Map("{}", "m1", """{"data":{"a":"1","b":"1"}}""");

        var conflict = Assert.Throws<ApiException>(() => Map(live, "m2", """{"data":{"a":"2","b":"3"}}"""));

        Assert.Equal(409, conflict.Code);
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"m1\":\n- .data.a\n- .data.b", conflict.Message);
    }

    [Fact]
    public void Apply_Forced_TakesTheFieldOver()
    {
        var live = Map("{}", "m1", """{"data":{"a":"1","b":"1"}}""");

        var result = Map(live, "m2", """{"data":{"a":"2"}}""", force: true);

        Assert.Equal("2", result.Text("data", "a"));
        Assert.Equal("""{"f:data":{"f:b":{}}}""", Fields(result, "m1"));
    }

    [Fact]
    public void Apply_NoLongerListed_IsRemovedUnlessOthersOwnIt()
    {
        var live = Map("{}", "m1", """{"data":{"a":"1","b":"1"}}""");
        live = Map(live, "m2", """{"data":{"b":"1"}}""");

        var result = Map(live, "m1", "{}");

        Assert.Equal("""{"b":"1"}""", result["data"]!.ToJsonString());
    }

    [Fact]
    public void Apply_LastFieldOfAMapDropped_RemovesTheMap()
    {
        var live = Map("{}", "m1", """{"data":{"a":"1"}}""");

        Assert.Null(Map(live, "m1", "{}")["data"]);
    }

    [Fact]
    public void Apply_ListMap_MergesByKeyAndPrunesItems()
    {
        const string Two = """{"spec":{"template":{"spec":{"containers":[{"name":"c1","image":"i1","env":[{"name":"E1","value":"1"},{"name":"E2","value":"2"}]},{"name":"c2","image":"i2"}]}}}}""";
        const string One = """{"spec":{"template":{"spec":{"containers":[{"name":"c2","image":"i2"},{"name":"c1","image":"i1","env":[{"name":"E2","value":"22"}]}]}}}}""";

        var result = Apply(Apply([], Two, Deployment), One, Deployment);

        Assert.Equal(
            """[{"name":"c2","image":"i2"},{"name":"c1","image":"i1","env":[{"name":"E2","value":"22"}]}]""",
            result.At("spec", "template", "spec", "containers")!.ToJsonString());
    }

    [Fact]
    public void Apply_KeyWithDefault_IsFoundWithoutIt()
    {
        var live = Apply([], """{"spec":{"ports":[{"port":80,"name":"x"}]}}""", Service);
        live.Items("spec", "ports").Single()["protocol"] = "TCP";

        var result = Apply(live, """{"spec":{"ports":[{"port":80,"name":"y"}]}}""", Service);

        Assert.Equal("""[{"port":80,"name":"y","protocol":"TCP"}]""", result.At("spec", "ports")!.ToJsonString());
    }

    [Fact]
    public void Apply_DuplicateKey_IsRefused() => Assert.Contains(
        "duplicate entries for key [port=80,protocol=\"TCP\"]",
        Assert.Throws<TypedPatchException>(() => Apply([], """{"spec":{"ports":[{"port":80},{"port":80,"protocol":"TCP"}]}}""", Service)).Message);

    [Fact]
    public void Apply_UnknownField_IsRefused() =>
        Assert.Equal(".zz: field not declared in schema", Assert.Throws<TypedPatchException>(() => Map("{}", "m1", """{"zz":1}""")).Message);

    [Fact]
    public void RecordUpdate_ChangedField_MovesToTheUpdater()
    {
        var old = Map("{}", "m1", """{"data":{"a":"1","b":"1"}}""");
        var value = old.Copy();
        value["data"]!["a"] = "9";

        ManagedFields.RecordUpdate(old, value, ConfigMap, new Manager("upd", Manager.Update, "v1", ""), "2026-01-01T00:00:00Z");

        Assert.Equal("""{"f:data":{"f:b":{}}}""", Fields(value, "m1"));
        Assert.Equal("""{"f:data":{"f:a":{}}}""", Fields(value, "upd"));
        var conflict = Assert.Throws<ApiException>(() => Map(value, "m1", """{"data":{"a":"1","b":"1"}}"""));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"upd\" using v1: .data.a", conflict.Message);
    }

    [Fact]
    public void Apply_LiveObjectWithoutManagers_ConflictsWithBeforeFirstApply()
    {
        var live = JsonNode.Parse("""{"data":{"a":"1"}}""")!.AsObject();

        Assert.Contains("before-first-apply", Assert.Throws<ApiException>(() => Map(live, "m1", """{"data":{"a":"2"}}""")).Message);
    }

    private static JsonObject Map(string live, string manager, string patch, bool force = false) => Map(JsonNode.Parse(live)!.AsObject(), manager, patch, force);

    private static JsonObject Map(JsonObject live, string manager, string patch, bool force = false) => ServerSideApply.Apply(
        live, JsonNode.Parse(patch)!.AsObject(), ConfigMap, new Manager(manager, Manager.Apply, "v1", ""), force, "2026-01-01T00:00:00Z");

    private static JsonObject Apply(JsonObject live, string patch, Schema schema) => ServerSideApply.Apply(
        live, JsonNode.Parse(patch)!.AsObject(), schema, new Manager("m", Manager.Apply, "v1", ""), false, "2026-01-01T00:00:00Z");

    private static string Fields(JsonObject value, string manager) =>
        value.Items("metadata", "managedFields").Single(f => f.Text("manager") == manager)["fieldsV1"]!.ToJsonString();
}
