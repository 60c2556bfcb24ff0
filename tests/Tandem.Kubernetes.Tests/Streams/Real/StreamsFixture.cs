using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Api.Pki;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Client;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Logs;
using Tandem.Kubernetes.Node.Metrics;
using Tandem.Kubernetes.Node.Stats;
using Tandem.Kubernetes.Node.Streams;
using Tandem.Kubernetes.Tests.Api;
using Tandem.Kubernetes.Tests.Node.Real;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>The API, a node agent and a real containerd, with one pod that runs: <c>box</c>, container <c>c</c>.</summary>
public class StreamsFixture : ApiServerFixture
{
    /// <summary>What any pod here needs: the node by name (there is no scheduler) and the loopback only.</summary>
    public const string OnNode =
        "nodeName: node, hostNetwork: true, automountServiceAccountToken: false, terminationGracePeriodSeconds: 1";

    private readonly BareContainerd _containerd;
    private k8s.Kubernetes? _client;
    private NodeAgent? _agent;

    public StreamsFixture()
        : this(ownNetwork: false)
    {
    }

    private protected StreamsFixture(bool ownNetwork) => _containerd = new BareContainerd(ownNetwork);

    public string Folder => _containerd.Folder;

    internal NodeOptions Node => _containerd.Options;

    public override async Task InitializeAsync()
    {
        await _containerd.InitializeAsync();
        await base.InitializeAsync();
        _client = ApiClients.Create(Options, new ClusterPki(Options, TimeProvider.System), "system:node:node", "system:nodes");
        _agent = new NodeAgent(_client, _containerd.Options, TimeProvider.System, NullLoggerFactory.Instance);
        await _agent.StartAsync(CancellationToken.None);
        await AccountAsync();
        await CreateAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: box, namespace: default }
            spec:
              {{OnNode.Replace(", ", "\n  ", StringComparison.Ordinal)}}
              containers: [ { name: c, image: "{{BusyboxImage.Name}}" } ]
            """);
        await UntilAsync("box", "{.status.phase}", "Running");
    }

    public async Task<ProcessResult> RunAsync(int minor, string[] arguments, string? input = null) =>
        await ProcessRunner.RunAsync(await CommandAsync(minor, arguments) with { Input = input });

    public async Task<string> RunOkAsync(int minor, string[] arguments, string? input = null)
    {
        var result = await RunAsync(minor, arguments, input);
        Assert.True(result.ExitCode == 0, $"kubectl 1.{minor} {string.Join(' ', arguments)}: {result.ExitCode} {result.Error}{result.Output}");
        return result.Output;
    }

    public async Task<Process> StartAsync(int minor, params string[] arguments) => ProcessRunner.StartPiped(await CommandAsync(minor, arguments));

    public Task CreateAsync(string manifest) => RunOkAsync(31, ["create", "-f", "-"], manifest);

    public Task UntilAsync(string pod, string path, string value) => Tests.Eventually.TrueAsync(
        async () => await RunOkAsync(31, ["get", "pod", pod, "--ignore-not-found", "-o", "jsonpath=" + path]) == value, $"{pod}: {path} is {value}");

    /// <summary>Asks for a SPDY upgrade of a subresource of <c>box</c>, for what the API refuses.</summary>
    internal async Task<(System.Net.HttpStatusCode Code, string Body)> SendUpgradeAsync(string subresource)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/namespaces/default/pods/box/" + subresource) { Version = System.Net.HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "SPDY/3.1");
        request.Headers.TryAddWithoutValidation("X-Stream-Protocol-Version", "v4.channel.k8s.io");
        using var answer = await Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public override async Task DisposeAsync()
    {
        await RunOkAsync(31, ["delete", "pods", "--all", "--wait=false"]);
        await Tests.Eventually.TrueAsync(async () => await RunOkAsync(31, ["get", "pods", "-o", "name"]) == "", "all pods are gone");
        await _agent!.StopAsync(CancellationToken.None);
        _agent.Dispose();
        _client!.Dispose();
        await base.DisposeAsync();
        await _containerd.DisposeAsync();
    }

    /// <summary>Makes the account that pods run as: there is no controller that does.</summary>
    private protected virtual Task AccountAsync() => CreateAsync("apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: default, namespace: default }\n");

    private protected override void AddNode(IServiceCollection services)
    {
        var options = _containerd.Options;
        services.AddSingleton(s => new ContainerLogs(options, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IPodLogs, PodLogs>();
        services.AddSingleton(_ => Streams(new PodStreams(options)));
        services.AddSingleton<INodeEndpoints>(s => new NodeEndpoints(options, s.GetRequiredService<INodeUsage>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<INodeUsage>(s => new UsageSampler(options, s.GetRequiredService<TimeProvider>()));
    }

    /// <summary>The way to the runtime's streaming server.</summary>
    private protected virtual IPodStreams Streams(PodStreams streams) => streams;

    private protected string NetworkNamespace => _containerd.NetworkNamespace;

    // A client that waits for ever is to fail its test, with what it has said so far.
    private async Task<Command> CommandAsync(int minor, string[] arguments) => new(
        "timeout",
        ["15", await Kubectls.PathAsync(minor), $"--kubeconfig={Options.Kubeconfig}", "--cache-dir=" + Path.Combine(Folder, $"cache-{minor}"), .. arguments]);
}
