using System.Text.Json.Nodes;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class ImageMappingTests
{
    [Theory]
    [InlineData("docker.io/library/nginx:1", "nginx:1", true)]
    [InlineData("nginx:1", "docker.io/library/nginx:1", true)]
    [InlineData("docker.io/traefik/whoami:v1", "traefik/whoami:v1", true)]
    [InlineData("nginx:1", "nginx:2", false)]
    [InlineData("nginx:1", "example.com/nginx:1", false)]
    public void Apply_Image_IsReplacedWhereItIsTheSame(string key, string image, bool replaced)
    {
        var pod = Pod("Pod", image)["spec"]!["template"]!.DeepClone().AsObject();
        pod["kind"] = "Pod";

        ImageMapping.Apply(pod, new Dictionary<string, string> { [key] = "tandem/nginx:abc" });

        Assert.Equal(replaced ? "tandem/nginx:abc" : image, (string?)pod["spec"]!["containers"]![0]!["image"]);
    }

    [Fact]
    public void Apply_Workload_ReplacesContainersAndInitContainersAndLeavesTheRest()
    {
        var value = Pod("Deployment", "nginx:1");

        ImageMapping.Apply(value, new Dictionary<string, string> { ["nginx:1"] = "tandem/nginx:abc" });

        Assert.Equal(
            """{"kind":"Deployment","spec":{"template":{"spec":{"containers":[{"image":"tandem/nginx:abc"},{"image":"other"}],"initContainers":[{"image":"tandem/nginx:abc"}]}}}}""",
            value.ToJsonString());
    }

    [Theory]
    [InlineData("""{"kind":"Service","spec":{"ports":[]}}""")]
    [InlineData("""{"kind":"ConfigMap"}""")]
    [InlineData("""{"kind":"Pod","spec":{"containers":[{"name":"a"}]}}""")]
    public void Apply_NothingWithAnImage_StaysAsItIs(string json)
    {
        var value = JsonNode.Parse(json)!.AsObject();

        ImageMapping.Apply(value, new Dictionary<string, string> { ["nginx:1"] = "x" });

        Assert.Equal(json, value.ToJsonString());
    }

    private static JsonObject Pod(string kind, string image) => new()
    {
        ["kind"] = kind,
        ["spec"] = new JsonObject
        {
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject { ["image"] = image }, new JsonObject { ["image"] = "other" }),
                    ["initContainers"] = new JsonArray(new JsonObject { ["image"] = image }),
                },
            },
        },
    };
}
