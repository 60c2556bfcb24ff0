using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Tandem.Kubernetes;
using Tandem.Processes;

namespace Tandem.Bench.Kubernetes;

/// <summary>The process of one embedded cluster over an etcd, without containerd: the API, controllers, scheduler and node agent.</summary>
internal sealed class ClusterProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench-cluster-").FullName;
    private readonly Process _process;

    private ClusterProcess(EtcdProcess etcd)
    {
        Port = Ports.Free();
        var started = Stopwatch.GetTimestamp();
        _process = ProcessRunner.StartPiped(new Command(
            "dotnet", typeof(ClusterProcess).Assembly.Location, "serve-cluster", _folder, etcd.Socket, Port.ToString(CultureInfo.InvariantCulture)));
        Started = started;
    }

    public int Port { get; }

    /// <summary>When the process was started, by Stopwatch.</summary>
    public long Started { get; }

    public Process Process => _process;

    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    public Uri Address => new($"https://127.0.0.1:{Port}");

    /// <summary>A bearer token of an account that may do everything.</summary>
    public string Token { get; private set; } = "";

    public static async Task ServeAsync(string folder, string etcdSocket, int port, CancellationToken stop) =>
        await ClusterProgram.RunAsync(new ClusterOptions("bench", IPAddress.Loopback, folder, etcdSocket, Path.Combine(folder, "no-containerd.sock"), "/tandem-bench") { ApiPort = port }, stop);

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <returns>The process, and how long it took.</returns>
    public static async Task<(ClusterProcess Cluster, TimeSpan Ready)> StartAsync(EtcdProcess etcd, CancellationToken stop)
    {
        var cluster = new ClusterProcess(etcd);
        _ = cluster._process.StandardOutput.ReadToEndAsync(stop);
        _ = cluster._process.StandardError.ReadToEndAsync(stop);
        while (!await cluster.IsReadyAsync(stop))
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, stop);
        return (cluster, Stopwatch.GetElapsedTime(cluster.Started));
    }

    /// <summary>The administrator's client.</summary>
    public HttpClient Client(Version version)
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig);
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.AddRange(config.SslCaCerts);
        return new HttpClient(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            SslOptions =
            {
                CertificateChainPolicy = trusted,
                ClientCertificates = [X509Certificate2.CreateFromPem(Pem(config.ClientCertificateData), Pem(config.ClientCertificateKeyData))],
            },
        })
        { BaseAddress = Address, DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    /// <summary>Makes the account whose <see cref="Token"/> load generators use, which know no client certificates.</summary>
    public async Task MakeTokenAsync(HttpClient client, CancellationToken stop)
    {
        await PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"bench"}}""");
        await PostAsync(
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            """{"metadata":{"name":"bench"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"ServiceAccount","name":"bench","namespace":"default"}]}""");
        Token = (string)(await PostAsync("/api/v1/namespaces/default/serviceaccounts/bench/token", """{"spec":{"expirationSeconds":86400}}"""))["status"]!["token"]!;

        async Task<JsonNode> PostAsync(string path, string body)
        {
            using var answer = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), stop);
            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadFromJsonAsync<JsonNode>(stop))!;
        }
    }

    /// <summary>In megabytes, as the kernel counts it.</summary>
    public double ResidentMegabytes()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1024.0 / 1024.0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync(CancellationToken stop)
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"the cluster's process ended with {_process.ExitCode}");
        if (!File.Exists(Path.Combine(_folder, "kubeconfig")))
            return false;
        try
        {
            using var client = Client(HttpVersion.Version11);
            using var answer = await client.GetAsync("/readyz", stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Pem(string base64) => Encoding.ASCII.GetString(Convert.FromBase64String(base64));
}
