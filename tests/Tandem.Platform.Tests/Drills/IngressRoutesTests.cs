using System.Text.Json.Nodes;
using Tandem.Platform.Drills;

namespace Tandem.Platform.Tests.Drills;

public sealed class IngressRoutesTests
{
    private static readonly JsonObject[] Ingresses =
    [
        Parse("""
            { "kind": "Ingress", "metadata": { "namespace": "web", "name": "web" }, "spec": { "rules": [
              { "host": "api.yourcompany.com", "http": { "paths": [
                { "path": "/", "backend": { "service": { "name": "nginx" } } },
                { "path": "/whoami", "backend": { "service": { "name": "whoami" } } },
                { "path": "/v[0-9]+/x", "backend": { "service": { "name": "whoami" } } } ] } },
              { "host": "other.yourcompany.com", "http": { "paths": [ { "path": "/other", "backend": { "service": { "name": "other" } } } ] } } ] } }
            """),
        Parse("""{ "kind": "Ingress", "metadata": { "namespace": "more", "name": "more" }, "spec": { "rules": [ { "host": "api.yourcompany.com", "http": { "paths": [ { "path": "/whoami", "backend": { "resource": { "kind": "Bucket" } } } ] } } ] } }"""),
    ];

    [Fact]
    public void Paths_OfTheHostname_AreThoseThatCanBeAskedFor()
    {
        Assert.Equal(["/", "/whoami"], IngressRoutes.Paths(Ingresses, "api.yourcompany.com"));
        Assert.Equal(["/"], IngressRoutes.Paths(Ingresses, "nobody.yourcompany.com"));
    }

    [Fact]
    public void Behind_TheServicesOfTheHostname_AreThePodsThatTheySelect()
    {
        JsonObject[] services = [Service("web", "nginx", """{ "app": "nginx" }"""), Service("web", "whoami", "null"), Service("web", "other", """{ "app": "other" }""")];
        JsonObject[] pods = [Pod("web", "nginx"), Pod("more", "nginx"), Pod("web", "other"), Pod("web", "whoami")];

        var behind = PodFaults.Behind(IngressRoutes.Services(Ingresses, "api.yourcompany.com"), services, pods);

        Assert.Equal([pods[0]], behind);
    }

    private static JsonObject Service(string space, string name, string selector) =>
        Parse($$"""{ "metadata": { "namespace": "{{space}}", "name": "{{name}}" }, "spec": { "selector": {{selector}} } }""");

    private static JsonObject Pod(string space, string app) =>
        Parse($$"""{ "metadata": { "namespace": "{{space}}", "name": "{{app}}-1", "labels": { "app": "{{app}}", "more": "x" } } }""");

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
