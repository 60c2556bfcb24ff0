using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>Images from a real registry, and from one that hangs.</summary>
public sealed class RegistryTests(RegistryFixture node) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task Image_OfAPrivateRegistry_IsPulledWithTheFirstCredentialThatServes()
    {
        var image = $"{node.Registry}/team/app:1";
        node.Api.Secrets["old"] = Secret($"{node.Registry}/team", new { username = "robot", password = "of last year" });
        node.Api.Secrets["new"] = Secret($"http://{node.Registry}/v2/", new { auth = Convert.ToBase64String("robot:s3:cret"u8) });

        Create("private", image, "imagePullSecrets: [{ name: old }, { name: new }, { name: none }],");
        await node.UntilAsync("private", s => s.Phase == "Running");

        var told = node.Api.Told("private");
        Assert.Contains($"Pulling: Pulling image \"{image}\"", told, StringComparison.Ordinal);
        Assert.Contains($"Pulled: Successfully pulled image \"{image}\" in ", told, StringComparison.Ordinal);
        Assert.Contains("FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (none); attempting to pull the image may not succeed.", told, StringComparison.Ordinal);
        Assert.StartsWith($"{node.Registry}/team/app@sha256:", node.Api.Pod("private")!.Status.ContainerStatuses[0].ImageID, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_WithoutACredential_IsToldAndBacksOff()
    {
        await node.PushAsync("team/secret:1");

        Create("anonymous", $"{node.Registry}/team/secret:1");
        await node.UntilAsync("anonymous", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "ImagePullBackOff");

        Assert.Contains(node.Api.Written, w => w.Pod == "anonymous" && w.Status.ContainerStatuses[0].State.Waiting?.Reason == "ErrImagePull");
        Assert.Contains("401 Unauthorized", node.Api.Told("anonymous"), StringComparison.Ordinal);
        Assert.Contains("Failed: Error: ErrImagePull", node.Api.Told("anonymous"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_OfPolicyAlways_IsPulledAgainForEveryContainer()
    {
        await node.PushAsync("team/always:1");
        node.Api.Secrets["robot"] = Secret(node.Registry, new { username = "robot", password = "s3:cret" });

        Create("first", $"{node.Registry}/team/always:1", "imagePullSecrets: [{ name: robot }],", "imagePullPolicy: Always");
        await node.UntilAsync("first", s => s.Phase == "Running");
        Create("second", $"{node.Registry}/team/always:1", "imagePullSecrets: [{ name: robot }],", "imagePullPolicy: Always");
        await node.UntilAsync("second", s => s.Phase == "Running");
        Create("third", $"{node.Registry}/team/always:1", "", "imagePullPolicy: Never");
        await node.UntilAsync("third", s => s.Phase == "Running");
        Create("fourth", $"{node.Registry}/team/nothing:1", "", "imagePullPolicy: Never");
        await node.UntilAsync("fourth", s => s.ContainerStatuses?[0].State.Waiting?.Reason == "ErrImageNeverPull");

        Assert.Contains("Pulled: Successfully pulled image", node.Api.Told("second"), StringComparison.Ordinal);
        Assert.Contains("already present on machine", node.Api.Told("third"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_ThatNeverAnswers_HoldsUpNobodyElseAndIsGivenUp()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        Create("hanging", $"{silent.LocalEndpoint}/app:1");
        using var asked = await silent.AcceptSocketAsync();
        Create("other", BusyboxImage.Name);
        await node.UntilAsync("other", s => s.Phase == "Running");
        Assert.Equal("ContainerCreating", node.Api.Pod("hanging")!.Status.ContainerStatuses[0].State.Waiting.Reason);

        await node.UntilAsync("hanging", s => s.ContainerStatuses[0].State.Waiting.Reason == "ImagePullBackOff");
        Assert.Contains("Failed: Failed to pull image", node.Api.Told("hanging"), StringComparison.Ordinal);
        Assert.Contains("code = DeadlineExceeded", node.Api.Told("hanging"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_DeletedWhileItsRegistryHangs_EndsWithItsPull()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Create("unwanted", $"{silent.LocalEndpoint}/app:1");
        using var asked = await silent.AcceptSocketAsync();

        node.Api.Delete("unwanted", 1);

        await Eventually.TrueAsync(() => Task.FromResult(node.Api.Pod("unwanted") is null), "the pod is gone");
        Assert.DoesNotContain("Failed", node.Api.Told("unwanted"), StringComparison.Ordinal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await asked.ReceiveAsync(new byte[4096], limit.Token) > 0)
        {
            // The question; then containerd hangs up.
        }
    }

    [Fact]
    public async Task Image_OfAFullNode_IsRemovedOnceNoContainerIsLeftOfItUnlessItWasImported()
    {
        var archive = Path.Combine(node.Folder, "other.tar");
        BusyboxImage.Write(archive, "tandem.local/other:test");
        await node.CtrAsync("images", "import", archive);
        await node.PushAsync("team/other:1", "tandem.local/other:test");
        await node.CtrAsync("images", "rm", "tandem.local/other:test");
        node.Api.Secrets["robot"] = Secret(node.Registry, new { username = "robot", password = "s3:cret" });
        var image = $"{node.Registry}/team/other:1";

        Create("user", image, "restartPolicy: Never, imagePullSecrets: [{ name: robot }],", "command: [sh, -c, 'sleep 1']");
        await node.UntilAsync("user", s => s.Phase == "Succeeded");
        var looks = node.NodeEvents.Count;
        await Eventually.TrueAsync(() => Task.FromResult(node.NodeEvents.Count > looks + 3), "the node has looked for images");
        Assert.Contains(image, await node.ImagesAsync());

        node.Api.Delete("user", 1);
        await Eventually.TrueAsync(async () => !(await node.ImagesAsync()).Contains(image), "the image is gone");
        Assert.Contains(BusyboxImage.Name, await node.ImagesAsync());
        Assert.Contains(node.NodeEvents, e => e.StartsWith("FreeDiskSpaceFailed: Failed to garbage collect required amount of images. Attempted to free ", StringComparison.Ordinal));
    }

    private static V1Secret Secret(string registry, object entry) => new()
    {
        Metadata = new V1ObjectMeta { Name = "pull", NamespaceProperty = "default" },
        Type = "kubernetes.io/dockerconfigjson",
        Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = JsonSerializer.SerializeToUtf8Bytes(new { auths = new Dictionary<string, object> { [registry] = entry } }) },
    };

    private void Create(string name, string image, string spec = "", string container = "imagePullPolicy: IfNotPresent") =>
        node.Api.Create(KubernetesYaml.Deserialize<V1Pod>($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{name}} }
            spec: { hostNetwork: true, terminationGracePeriodSeconds: 1, {{spec}} containers: [{ name: c, image: "{{image}}", {{container}} }] }
            """));
}
