namespace Tandem.EndToEnd.Tests;

/// <summary>Policies, services and names, from inside pods.</summary>
[Collection(nameof(RunningPlatform))]
public sealed class NetworkPolicyTests(PlatformFixture fixture)
{
    private readonly TestPlatform _platform = fixture.Platform;

    [Fact]
    public async Task Pod_ThatNoPolicyAllows_CannotConnectUntilOneDoes()
    {
        await _platform.CreateNamespaceAsync("hot", "outsiders");

        Assert.Equal("Failed", await ConnectAsync("outsiders", "denied", "whoami"));

        await _platform.KubectlOkAsync("hot", "apply -f -", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: { name: outsiders-may, namespace: developer-services }
            spec:
              podSelector: {}
              ingress:
              - from: [ { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: outsiders } } } ]
            """);
        Assert.Equal("Succeeded", await ConnectAsync("outsiders", "allowed", "whoami"));

        await _platform.KubectlOkAsync("hot", "-n developer-services delete networkpolicy outsiders-may");
        Assert.Equal("Failed", await ConnectAsync("outsiders", "denied-again", "whoami"));
        await _platform.KubectlOkAsync("hot", "delete namespace outsiders --timeout=60s");
    }

    [Fact]
    public async Task Pod_InDefaultDenyNamespace_ReachesDnsAndNothingElse()
    {
        Assert.Equal("Succeeded", await RunAsync("developer-services", "asks-dns", "/bin/busybox nslookup whoami.developer-services.svc.cluster.local"));
        Assert.Equal("Failed", await ConnectAsync("developer-services", "asks-neighbour", "nginx"));
    }

    [Fact]
    public async Task Pod_ViolatingRestricted_IsRefused()
    {
        var result = await _platform.KubectlAsync("hot", "apply -f -", """
            apiVersion: v1
            kind: Pod
            metadata: { name: root, namespace: developer-services }
            spec:
              containers: [ { name: c, image: busybox } ]
            """);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("violates PodSecurity \"restricted:latest\"", result.Error);
    }

    /// <summary>Connects to a Service by its address: Debian's static busybox cannot look names up.</summary>
    private async Task<string> ConnectAsync(string @namespace, string name, string service)
    {
        var address = await _platform.KubectlOkAsync("hot", $"-n developer-services get service {service} -o jsonpath={{.spec.clusterIP}}");
        return await RunAsync(@namespace, name, $"/bin/busybox nc -w 3 {address} 80");
    }

    /// <summary>Runs a command in a pod to its end and gives the pod's phase.</summary>
    private async Task<string> RunAsync(string @namespace, string name, string command)
    {
        await _platform.KubectlOkAsync("hot", "apply -f -", $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{name}}, namespace: {{@namespace}}, labels: { app: test } }
            spec:
              restartPolicy: Never
              automountServiceAccountToken: false
              securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: RuntimeDefault } }
              containers:
              - name: c
                image: {{await Images.FindAsync(_platform, "pause")}}
                command: [ {{string.Join(", ", command.Split(' ').Select(w => $"\"{w}\""))}} ]
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ ALL ] } }
            """);
        var phase = "";
        await Eventually.TrueAsync(
            async () => (phase = await _platform.KubectlOkAsync("hot", $"-n {@namespace} get pod {name} -o jsonpath={{.status.phase}}")) is "Succeeded" or "Failed",
            $"{command} ended");
        await _platform.KubectlOkAsync("hot", $"-n {@namespace} delete pod {name} --timeout=60s");
        return phase;
    }
}
