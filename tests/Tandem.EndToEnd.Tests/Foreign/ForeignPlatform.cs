using System.Diagnostics;
using System.Text.Json.Nodes;
using Tandem.Cloudflare;
using Tandem.Processes;

namespace Tandem.EndToEnd.Tests.Foreign;

/// <summary>
/// A platform of clusters that are given as plain kubeconfigs, as anybody's are, and a load balancer by Cloudflare's settings: nothing
/// of it runs on this machine. Both kubeconfigs lead through a proxy; one has a token, the other asks a plugin for it.
/// </summary>
internal sealed class ForeignPlatform(TestPlatform host) : IAsyncDisposable
{
    public const string Hostname = "real.yourcompany.com";

    /// <summary>Its one namespace.</summary>
    public const string Namespace = "real";

    public static readonly string[] Clusters = ["hot", "standby"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-real-").FullName;
    private readonly Dictionary<string, Process> _proxies = [];
    private JsonNode _plan = null!;

    /// <summary>Where its agent tells the verdict.</summary>
    public int AgentPort => host.ApiPort + 5;

    /// <summary>The state folder of this platform.</summary>
    public string State => Path.Combine(_folder, "state", "real");

    private JsonNode Server => _plan["loadBalancer"]!;

    private string Image => (string)_plan["images"]!.AsArray().Single(i => ((string)i!["reference"]!).Contains("/whoami:", StringComparison.Ordinal))!["reference"]!;

    private string PlatformFile => Path.Combine(_folder, "platform.yaml");

    public async Task WriteAsync()
    {
        _plan = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(host.StateOfPlatform, "host.json")))!;
        foreach (var cluster in Clusters)
            Connect(cluster);
        await WriteKubeconfigAsync("hot", token => $"    token: {token}\n");
        await WriteKubeconfigAsync("standby", token =>
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
        WriteApps(replicas: 1);
        await File.WriteAllTextAsync(PlatformFile, $$"""
            apiVersion: tandem.dev/v1alpha1
            kind: Platform
            metadata: { name: real }
            spec:
              hostname: {{Hostname}}
              clusters:
                hot: { kubeconfig: hot.kubeconfig, context: there }
                standby: { kubeconfig: standby.kubeconfig, context: there }
              loadBalancer:
                cloudflare: { accountId: {{Server["accountId"]}}, zoneId: {{Server["zoneId"]}}, baseUrl: "http://127.0.0.1:{{Server["apiPort"]}}/client/v4/", apiTokenFrom: { file: {{host.StateOfPlatform}}/lb/token } }
                ttl: 2s
                healthCheck: { interval: 2s, timeout: 1s }
              agent: { port: {{AgentPort}} }
              apps: [ apps ]
            """);
    }

    /// <summary>What its applications are from now on.</summary>
    /// <param name="replicas">Pods of the one Deployment.</param>
    /// <param name="registry">Where the image is said to be; empty for where it is.</param>
    public void WriteApps(int replicas, string registry = "") => File.WriteAllText(Path.Combine(_folder, "apps", "real.yaml"), Apps(replicas, registry));

    /// <summary>Starts the proxy that leads to a cluster's API.</summary>
    public void Connect(string cluster)
    {
        var file = Path.Combine(_folder, $"{cluster}.conf");
        File.WriteAllText(file, $"Port {ProxyPort(cluster)}\nListen 127.0.0.1\nConnectPort 6443\nLogFile \"{ProxyLog(cluster)}\"\nLogLevel Connect\n");
        _proxies[cluster] = ProcessRunner.StartInherited(new Command("tinyproxy", "-d", "-c", file));
    }

    /// <summary>Ends it: the API cannot be reached any more, while all of the cluster works.</summary>
    public async Task DisconnectAsync(string cluster)
    {
        using var proxy = _proxies[cluster];
        _proxies.Remove(cluster);
        proxy.Kill();
        await proxy.WaitForExitAsync();
    }

    /// <summary>What the proxy of a cluster has logged.</summary>
    public string ProxyLog(string cluster) => Path.Combine(_folder, $"{cluster}.log");

    /// <summary>Runs the command for this platform, and checks its exit code.</summary>
    public async Task<ProcessResult> TandemAsync(int code, params string[] arguments)
    {
        var result = await TandemCommand.RunAsync(WithFiles(arguments));
        Assert.True(result.ExitCode == code, $"tandem {string.Join(' ', arguments)} exited with {result.ExitCode}: {result.Error}{result.Output}");
        return result;
    }

    /// <summary>The same, for what it prints as JSON.</summary>
    public async Task<JsonNode> JsonAsync(int code, params string[] arguments) => JsonNode.Parse((await TandemAsync(code, [.. arguments, "-o", "json"])).Output)!;

    /// <summary>Starts a command that runs until it is stopped.</summary>
    public Process Start(params string[] arguments) => ProcessRunner.StartInherited(TandemCommand.Create(WithFiles(arguments)));

    public async Task<string> ServingAsync() => (string)(await JsonAsync(0, "status"))["serving"]!;

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _proxies.Keys.ToList())
            await DisconnectAsync(cluster);
        foreach (var cluster in Clusters)
        {
            await host.KubectlOkAsync(cluster, $"delete namespace {Namespace} --ignore-not-found --wait=false");
            await host.KubectlOkAsync(cluster, "delete clusterrolebinding tandem-real --ignore-not-found");
            await host.KubectlOkAsync(cluster, "-n default delete serviceaccount tandem-real --ignore-not-found");
            var records = await host.KubectlOkAsync(cluster, "-n tandem-system get secrets,configmaps,leases -o name");
            foreach (var record in records.Split('\n').Where(r => r.Contains("/tandem-real", StringComparison.Ordinal)))
                await host.KubectlOkAsync(cluster, $"-n tandem-system delete {record}");
        }

        await RemoveFromServerAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private int ProxyPort(string cluster) => host.ApiPort + (cluster == "hot" ? 6 : 7);

    private string[] WithFiles(string[] arguments) => [.. arguments, "-f", PlatformFile, "--state", Path.Combine(_folder, "state")];

    private string Apps(int replicas, string registry) => $$"""
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
            spec: { containers: [ { name: whoami, image: "{{registry}}{{Image}}", env: [ { name: WHOAMI_PORT_NUMBER, value: "8080" } ], ports: [ { containerPort: 8080 } ], readinessProbe: { httpGet: { path: /health, port: 8080 } } } ] }
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
          tls: [ { hosts: [ {{Hostname}} ], secretName: real-tls } ]
          rules: [ { host: {{Hostname}}, http: { paths: [ { path: /, pathType: Prefix, backend: { service: { name: real, port: { number: 80 } } } } ] } } ]
        """;

    private async Task WriteKubeconfigAsync(string cluster, Func<string, string> user)
    {
        await host.KubectlOkAsync(cluster, "-n default create serviceaccount tandem-real");
        await host.KubectlOkAsync(cluster, "create clusterrolebinding tandem-real --clusterrole=cluster-admin --serviceaccount=default:tandem-real");
        var token = JsonNode.Parse(await host.KubectlOkAsync(
            cluster, "create --raw /api/v1/namespaces/default/serviceaccounts/tandem-real/token -f -", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}"""))!["status"]!["token"]!;
        var config = await File.ReadAllTextAsync(host.Kubeconfig(cluster));
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
                proxy-url: http://127.0.0.1:{ProxyPort(cluster)}

            """ + $"users:\n- name: u\n  user:\n{user((string)token!)}");
    }

    private async Task RemoveFromServerAsync()
    {
        using var http = new HttpClient();
        var client = new CloudflareClient(http, new CloudflareClientOptions
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Server["apiPort"]}/client/v4/"),
            ApiToken = (await File.ReadAllTextAsync(Path.Combine(host.StateOfPlatform, "lb", "token"))).Trim(),
        });
        var (account, zone) = ((string)Server["accountId"]!, (string)Server["zoneId"]!);
        foreach (var balancer in (await client.LoadBalancers(zone).ListAsync()).Where(b => b.Name == Hostname))
            await client.LoadBalancers(zone).DeleteAsync(balancer.Id!);
        foreach (var pool in (await client.Pools(account).ListAsync()).Where(p => p.Name!.StartsWith("real-", StringComparison.Ordinal)))
            await client.Pools(account).DeleteAsync(pool.Id!);
        foreach (var monitor in (await client.Monitors(account).ListAsync()).Where(m => m.Description == "tandem:real"))
            await client.Monitors(account).DeleteAsync(monitor.Id!);
    }
}
