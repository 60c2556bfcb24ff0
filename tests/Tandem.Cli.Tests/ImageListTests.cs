using System.Text.Json.Nodes;
using Tandem.Cli.Commands.Images;
using Tandem.Images;

namespace Tandem.Cli.Tests;

public sealed class ImageListTests
{
    [Fact]
    public void Of_BuiltAndPulledImagesOfTwoClusters_TellsWhereEachCameFrom()
    {
        var nodes = Objects("""
            [{ "status": { "images": [
                { "names": ["tandem.local/web:1-aa"], "sizeBytes": 10 },
                { "names": ["registry.example/app@sha256:bb", "registry.example/app:2"], "sizeBytes": 30 },
                { "names": ["docker.io/library/old@sha256:cc"], "sizeBytes": 5 } ] } },
             { "status": { "images": [{ "names": ["tandem.local/web:1-aa"], "sizeBytes": 10 }] } }]
            """);
        var pods = Objects("""
            [{ "status": { "containerStatuses": [{ "image": "tandem.local/web:1-aa", "imageID": "x" }, { "image": "registry.example/app:2", "imageID": "registry.example/app@sha256:bb" }] } },
             { "status": { "initContainerStatuses": [{ "image": "registry.example/app:3", "imageID": "registry.example/app@sha256:bb" }] } },
             { }]
            """);

        var images = ImageList.Of([("hot", nodes, pods), ("standby", nodes, [])], [new ImageRecord("tandem.local/web:1-aa", "sha256:aa", "/r/web.yaml", ["nginx=1.22"])]);

        Assert.Equal(
            ["docker.io/library/old@sha256:cc sha256:cc 5 pulled docker.io hot,standby 0", "registry.example/app:2 sha256:bb 30 pulled registry.example hot,standby 2", "tandem.local/web:1-aa sha256:aa 10 built /r/web.yaml hot,standby 1"],
            images.Select(i => $"{i.Image} {i.Digest} {i.SizeBytes} {i.Source} {i.From} {string.Join(',', i.Clusters)} {i.Pods}"));
        Assert.Equal(["nginx=1.22"], images[2].Packages);
    }

    private static List<JsonObject> Objects(string text) => [.. JsonNode.Parse(text)!.AsArray().Select(o => o!.AsObject())];
}
