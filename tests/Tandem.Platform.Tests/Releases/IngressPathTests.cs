using System.Text.Json.Nodes;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class IngressPathTests
{
    [Fact]
    public void Of_LeavesOutRegularExpressions_AndNamesWhatCanBeAskedFor()
    {
        var ingress = JsonNode.Parse("""
            { "kind": "Ingress", "metadata": { "namespace": "web", "name": "web" }, "spec": {
              "tls": [ { "hosts": [ "a.example.com" ], "secretName": "a" } ],
              "rules": [
                { "host": "a.example.com", "http": { "paths": [ { "path": "/" }, { "path": "/v[0-9]+/(.*)" }, { "path": "^/x$" } ] } },
                { "host": "*.example.com", "http": { "paths": [ { } ] } } ] } }
            """)!.AsObject();

        Assert.Equal(
            [new IngressPath("web", "web", "a.example.com", "/", "a"), new IngressPath("web", "web", "any.example.com", "/", null)],
            IngressPath.Of([ingress, new JsonObject { ["kind"] = "Service" }]));
    }
}
