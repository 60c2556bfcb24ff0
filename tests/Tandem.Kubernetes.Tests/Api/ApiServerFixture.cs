using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Api.Pki;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>The API over a real etcd, without controllers or node, on a free port of 127.0.0.1.</summary>
public class ApiServerFixture : IAsyncLifetime
{
    private readonly Etcd _etcd = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-api-").FullName;
    private WebApplication? _app;

    /// <summary>The clock of all that runs here.</summary>
    private protected virtual TimeProvider Time => TimeProvider.System;

    internal ClusterOptions Options { get; private set; } = null!;

    internal Etcd Store => _etcd;

    internal HttpClient Client { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        await _etcd.StartAsync();
        Options = new ClusterOptions("test", IPAddress.Loopback, _folder, _etcd.Socket, "/nonexistent", "/tandem-test") { ApiPort = FreePort() };
        await StartAsync();
    }

    /// <summary>Stops and starts the API process's part; etcd stays.</summary>
    public async Task RestartAsync()
    {
        await _app!.DisposeAsync();
        await StartAsync();
    }

    /// <param name="arguments">Parted by spaces.</param>
    /// <param name="input">Written to its standard input.</param>
    /// <param name="minor">Which kubectl: 20 or 27 to 36; null for the machine's.</param>
    public async Task<ProcessResult> KubectlAsync(string arguments, string? input = null, int? minor = null) => await ProcessRunner.RunAsync(
        new Command(minor is { } version ? await Kubectls.PathAsync(version) : "kubectl", [$"--kubeconfig={Options.Kubeconfig}", "--cache-dir=" + Path.Combine(_folder, "cache"), .. arguments.Split(' ')]) { Input = input });

    public async Task<string> KubectlOkAsync(string arguments, string? input = null, int? minor = null)
    {
        var result = await KubectlAsync(arguments, input, minor);
        Assert.True(result.ExitCode == 0, $"kubectl {arguments}: {result.Error}{result.Output}");
        return result.Output;
    }

    /// <summary>A client without credentials that trusts the cluster's authority.</summary>
    internal HttpClient Anonymous()
    {
        var config = k8s.KubernetesClientConfiguration.BuildConfigFromConfigFile(Options.Kubeconfig);
        config.ClientCertificateData = config.ClientCertificateKeyData = config.ClientCertificateFilePath = config.ClientKeyFilePath = null;
        var client = new k8s.Kubernetes(config).HttpClient;
        client.BaseAddress = new Uri(config.Host);
        return client;
    }

    /// <summary>The administrator's client, which shows redirects instead of following them.</summary>
    internal HttpClient WithoutRedirects() => Plain(HttpVersion.Version11);

    /// <summary>The administrator's client over HTTP/2: many requests on few connections.</summary>
    internal HttpClient Multiplexed() => Plain(HttpVersion.Version20);

    private HttpClient Plain(Version version)
    {
        var config = k8s.KubernetesClientConfiguration.BuildConfigFromConfigFile(Options.Kubeconfig);
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.AddRange(config.SslCaCerts);
        return new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            SslOptions = { CertificateChainPolicy = trusted, ClientCertificates = [X509Certificate2.CreateFromPem(Pem(config.ClientCertificateData), Pem(config.ClientCertificateKeyData))] },
        })
        { BaseAddress = new Uri(config.Host), DefaultRequestVersion = version };
    }

    private static string Pem(string base64) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(base64));

    internal async Task<(HttpStatusCode Code, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        using var answer = await Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    public virtual async Task DisposeAsync()
    {
        await _app!.DisposeAsync();
        await _etcd.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The node whose logs and streams the API shows.</summary>
    private protected virtual void AddNode(IServiceCollection services)
    {
        services.AddSingleton<IPodLogs, NoNode>();
        services.AddSingleton<INodeEndpoints, NoNode>();
        services.AddSingleton<IPodStreams, NoNode>();
        services.AddSingleton<INodeUsage, NoNode>();
    }

    /// <summary>Whatever runs beside the API.</summary>
    private protected virtual void AddServices(IServiceCollection services)
    {
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(Time);
        builder.Services.AddSingleton(Options);
        AddNode(builder.Services);
        var pki = new ClusterPki(Options, Time);
        pki.WriteAdminKubeconfig();
        builder.AddApiServer(Options, pki);
        AddServices(builder.Services);
        _app = builder.Build();
        _app.UseApiServer();
        await _app.StartAsync();
        var config = k8s.KubernetesClientConfiguration.BuildConfigFromConfigFile(Options.Kubeconfig);
        Client ??= new k8s.Kubernetes(config).HttpClient;
        Client.BaseAddress ??= new Uri(config.Host);
        await Eventually.TrueAsync(async () => (await SendAsync(HttpMethod.Get, "/readyz")).Code == HttpStatusCode.OK, "the API is ready");
    }

    /// <summary>A TCP port of 127.0.0.1 that nobody listened on just now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class NoNode : IPodLogs, INodeEndpoints, IPodStreams, INodeUsage
    {
        public Task WriteAsync(HttpContext context, JsonObject pod) => throw ApiException.BadRequest("no node in this test");

        public Task WriteAsync(HttpContext context, string node, string path) => throw ApiException.BadRequest("no node in this test");

        public Task<Uri> ExecAsync(JsonObject pod, StreamOptions options, CancellationToken cancellationToken) => Refused();

        public Task<Uri> AttachAsync(JsonObject pod, StreamOptions options, CancellationToken cancellationToken) => Refused();

        public Task<Uri> PortForwardAsync(JsonObject pod, IReadOnlyList<int> ports, CancellationToken cancellationToken) => Refused();

        public Task<UsageReport> ReadAsync(CancellationToken cancellationToken) => throw new ApiException(503, "ServiceUnavailable", "no node in this test");

        private static Task<Uri> Refused() => throw new StreamRefusedException(500, "no node in this test");
    }
}
