using Tandem.Kubernetes.Tests.Node.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Port-forward into a pod's own network, and what else reaches a pod only through the runtime.</summary>
public sealed class PodNetworkTests(NetworkedStreamsFixture cluster) : IClassFixture<NetworkedStreamsFixture>
{
    [Fact]
    public async Task PortForward_ServerOnThePodsOwnLoopback_IsReached()
    {
        await cluster.CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: web, namespace: default }
            spec:
              nodeName: node
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 1
              containers:
              - name: c
                image: "{{BusyboxImage.Name}}"
                command: [ sh, -c, "echo inside > /tmp/index.html; exec httpd -f -p 127.0.0.1:8080 -h /tmp" ]
                readinessProbe: { exec: { command: [ busybox, wget, -q, -O, /dev/null, "http://127.0.0.1:8080/" ] }, periodSeconds: 1 }
            """);
        await cluster.UntilAsync("web", "{.status.containerStatuses[0].ready}", "true");
        Assert.StartsWith("10.42.0.", await cluster.RunOkAsync(31, ["get", "pod", "web", "-o", "jsonpath={.status.podIP}"]), StringComparison.Ordinal);
        using var http = new HttpClient();

        foreach (var minor in (int[])[20, 29, 36])
        {
            using var kubectl = await cluster.StartAsync(minor, "port-forward", "pod/web", ":8080", "--address=127.0.0.1");
            var port = await PortForwardTests.LocalPortAsync(kubectl.StandardOutput);

            Assert.Equal("inside\n", await http.GetStringAsync($"http://127.0.0.1:{port}/"));
            kubectl.Kill(entireProcessTree: true);
            await kubectl.WaitForExitAsync();
        }
    }
}
