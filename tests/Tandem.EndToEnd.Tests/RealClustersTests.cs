using System.Text.Json.Nodes;
using Tandem.Cloudflare;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>
/// Clusters that are given as plain kubeconfigs, as anybody's are, and a load balancer by Cloudflare's settings: nothing of the platform
/// runs on this machine. One kubeconfig has a token and leads through a proxy, the other asks a plugin for its token.
/// </summary>
[Collection(nameof(RunningPlatform))]
public sealed class RealClustersTests(PlatformFixture fixture) : IAsyncLifetime
{
    private const string Host = "real.yourcompany.com";
    private const int ProxyPort = 18888;

    private static readonly string[] Clusters = ["hot", "standby"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-real-").FullName;
    private System.Diagnostics.Process? _proxy;
    private JsonNode _plan = null!;

    private JsonNode Server => _plan["loadBalancer"]!;

    private string Image => (string)_plan["images"]!.AsArray().Single(i => ((string)i!["reference"]!).Contains("/whoami:", StringComparison.Ordinal))!["reference"]!;

    private string PlatformFile => Path.Combine(_folder, "platform.yaml");

    public async Task InitializeAsync()
    {
        _plan = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(fixture.Platform.StateOfPlatform, "host.json")))!;
        await File.WriteAllTextAsync(Path.Combine(_folder, "tinyproxy.conf"), $"Port {ProxyPort}\nListen 127.0.0.1\nConnectPort 6443\nLogFile \"{_folder}/proxy.log\"\nLogLevel Connect\n");
        _proxy = ProcessRunner.StartInherited(new Command("tinyproxy", "-d", "-c", Path.Combine(_folder, "tinyproxy.conf")));
        await WriteKubeconfigAsync("hot", $"    proxy-url: http://127.0.0.1:{ProxyPort}\n", token => $"    token: {token}\n");
        await WriteKubeconfigAsync("standby", "", token =>
        {
            var plugin = Path.Combine(_folder, "plugin.sh");
            File.WriteAllText(plugin, $$$"""
                #!/bin/sh
                echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{{token}}}"}}'
                """);
            File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return $"    exec: {{ apiVersion: client.authentication.k8s.io/v1, command: {plugin}, interactiveMode: Never }}\n";
        });
        Directory.CreateDirectory(Path.Combine(_folder, "apps"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "apps", "real.yaml"), Apps(1));
        await File.WriteAllTextAsync(PlatformFile, $$"""
            apiVersion: tandem.dev/v1alpha1
            kind: Platform
            metadata: { name: real }
            spec:
              hostname: {{Host}}
              clusters:
                hot: { kubeconfig: hot.kubeconfig, context: there }
                standby: { kubeconfig: standby.kubeconfig, context: there }
              loadBalancer:
                cloudflare: { accountId: {{Server["accountId"]}}, zoneId: {{Server["zoneId"]}}, baseUrl: "http://127.0.0.1:{{Server["apiPort"]}}/client/v4/", apiTokenFrom: { file: {{fixture.Platform.StateOfPlatform}}/lb/token } }
                ttl: 2s
              apps: [ apps ]
            """);
    }

    public async Task DisposeAsync()
    {
        _proxy?.Kill();
        _proxy?.Dispose();
        foreach (var cluster in Clusters)
        {
            await fixture.Platform.KubectlOkAsync(cluster, "delete namespace real --ignore-not-found --wait=false");
            await fixture.Platform.KubectlOkAsync(cluster, "delete clusterrolebinding tandem-real --ignore-not-found");
            await fixture.Platform.KubectlOkAsync(cluster, "-n default delete serviceaccount tandem-real --ignore-not-found");
        }

        await RemoveFromServerAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Platform_OfPlainKubeconfigs_IsBroughtUpReleasedSwitchedAndRolledBack()
    {
        await TandemAsync(0, "up");
        Assert.False(Directory.Exists(Path.Combine(_folder, "state", "real", "run")), "something of it runs on this machine");
        Assert.Contains("CONNECT", await File.ReadAllTextAsync(Path.Combine(_folder, "proxy.log")));
        Assert.Equal("hot", await ServingAsync());

        await File.WriteAllTextAsync(Path.Combine(_folder, "apps", "real.yaml"), Apps(2));
        Assert.Equal(5, (await RunAsync("diff")).ExitCode);
        await TandemAsync(0, "deploy");
        await TandemAsync(0, "diff");

        await File.WriteAllTextAsync(Path.Combine(_folder, "apps", "real.yaml"), Apps(2).Replace("image: \"", "image: \"none.invalid/", StringComparison.Ordinal));
        await TandemAsync(1, "deploy", "--timeout", "6");
        await TandemAsync(0, "rollback");
        foreach (var cluster in Clusters)
            Assert.Equal("1", await fixture.Platform.KubectlOkAsync(cluster, "-n real get deployment real -o jsonpath={.spec.replicas}"));
        var releases = JsonNode.Parse((await TandemAsync(0, "releases", "-o", "json")).Output)!;
        Assert.Equal(["succeeded", "succeeded", "failed", "succeeded"], releases["releases"]!.AsArray().Select(r => (string)r!["outcome"]!));

        await TandemAsync(0, "switchover");
        Assert.Equal("standby", await ServingAsync());
        await TandemAsync(0, "failback");
        Assert.Equal("hot", await ServingAsync());
    }

    private string Apps(int replicas) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata: { name: real }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: real, namespace: real }
        spec:
          replicas: {{replicas}}
          selector: { matchLabels: { app: real } }
          template:
            metadata: { labels: { app: real } }
            spec: { containers: [ { name: whoami, image: "{{Image}}", env: [ { name: WHOAMI_PORT_NUMBER, value: "8080" } ], ports: [ { containerPort: 8080 } ], readinessProbe: { httpGet: { path: /health, port: 8080 } } } ] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: real, namespace: real }
        spec: { selector: { app: real }, ports: [ { port: 80, targetPort: 8080 } ] }
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: real, namespace: real }
        spec:
          ingressClassName: nginx
          rules: [ { host: {{Host}}, http: { paths: [ { path: /, pathType: Prefix, backend: { service: { name: real, port: { number: 80 } } } } ] } } ]
        """;

    private async Task WriteKubeconfigAsync(string cluster, string ofCluster, Func<string, string> user)
    {
        await fixture.Platform.KubectlOkAsync(cluster, "-n default create serviceaccount tandem-real");
        await fixture.Platform.KubectlOkAsync(cluster, "create clusterrolebinding tandem-real --clusterrole=cluster-admin --serviceaccount=default:tandem-real");
        var token = JsonNode.Parse(await fixture.Platform.KubectlOkAsync(
            cluster, "create --raw /api/v1/namespaces/default/serviceaccounts/tandem-real/token -f -", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}"""))!["status"]!["token"]!;
        var config = await File.ReadAllTextAsync(fixture.Platform.Kubeconfig(cluster));
        string Field(string name) => config.Split('\n').Select(l => l.Trim().TrimStart('-').Trim()).First(l => l.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
        await File.WriteAllTextAsync(Path.Combine(_folder, $"{cluster}.kubeconfig"), $"""
            apiVersion: v1
            kind: Config
            current-context: elsewhere
            contexts:
            - name: there
              context:
                cluster: c
                user: u
            clusters:
            - name: c
              cluster:
                server: {Field("server")}
                certificate-authority-data: {Field("certificate-authority-data")}

            """ + (ofCluster.Length > 0 ? ofCluster : "") + $"users:\n- name: u\n  user:\n{user((string)token!)}");
    }

    private async Task<string> ServingAsync() => (string)JsonNode.Parse((await TandemAsync(0, "status", "-o", "json")).Output)!["serving"]!;

    private async Task<ProcessResult> TandemAsync(int code, params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == code, $"tandem {string.Join(' ', arguments)} exited with {result.ExitCode}: {result.Error}{result.Output}");
        return result;
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) =>
        TandemCommand.RunAsync([.. arguments, "-f", PlatformFile, "--state", Path.Combine(_folder, "state")]);

    private async Task RemoveFromServerAsync()
    {
        using var http = new HttpClient();
        var client = new CloudflareClient(http, new CloudflareClientOptions
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Server["apiPort"]}/client/v4/"),
            ApiToken = (await File.ReadAllTextAsync(Path.Combine(fixture.Platform.StateOfPlatform, "lb", "token"))).Trim(),
        });
        var (account, zone) = ((string)Server["accountId"]!, (string)Server["zoneId"]!);
        foreach (var balancer in (await client.LoadBalancers(zone).ListAsync()).Where(b => b.Name == Host))
            await client.LoadBalancers(zone).DeleteAsync(balancer.Id!);
        foreach (var pool in (await client.Pools(account).ListAsync()).Where(p => p.Name!.StartsWith("real-", StringComparison.Ordinal)))
            await client.Pools(account).DeleteAsync(pool.Id!);
        foreach (var monitor in (await client.Monitors(account).ListAsync()).Where(m => m.Description == "tandem:real"))
            await client.Monitors(account).DeleteAsync(monitor.Id!);
    }
}
