using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using Tandem.Kubernetes.Storage;
using Tandem.Kubernetes.Tests.Api;
using Tandem.Processes;
using Tandem.Tests;

namespace Tandem.Kubernetes.Tests.Clients;

/// <summary>
/// The official clients follow the API over what befalls a cluster: they end up with what is there after a dropped connection, a
/// restart of the API, and a compaction of the history that they would have gone on from.
/// </summary>
public sealed class InformerTests : IAsyncLifetime
{
    private static readonly string Foreign = Path.Combine(AppContext.BaseDirectory, "Clients", "Foreign");

    private readonly ApiServerFixture _api = new();
    private readonly ConcurrentQueue<string> _states = new();
    private Relay _relay = null!;
    private string _kubeconfig = "";

    public async Task InitializeAsync()
    {
        await _api.InitializeAsync();
        _relay = new Relay(_api.Options.ApiPort);
        _kubeconfig = Path.Combine(_api.Options.StateDirectory, "relayed.kubeconfig");
        await File.WriteAllTextAsync(
            _kubeconfig,
            (await File.ReadAllTextAsync(_api.Options.Kubeconfig)).Replace($":{_api.Options.ApiPort}", $":{_relay.Port}", StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task JavaScript_OverFaults_EndsUpWithWhatIsThere()
    {
        await NpmFolder.InstallAsync(Foreign);
        await using var client = Run("node", "informer.mjs");
        await FollowAsync();
    }

    [Fact]
    public async Task Python_OverFaults_EndsUpWithWhatIsThere()
    {
        await using var client = Run("/usr/bin/python3", "informer.py");
        await FollowAsync();
    }

    [Fact]
    public async Task CSharp_OverFaults_EndsUpWithWhatIsThere()
    {
        using var stop = new CancellationTokenSource();
        var following = CSharpAsync(stop.Token);
        await FollowAsync();
        await stop.CancelAsync();
        await following;
    }

    private async Task FollowAsync()
    {
        await PutAsync("a", "1");
        await SeenAsync("a=1");
        await PutAsync("a", "2");
        await SeenAsync("a=2");

        _relay.Cut();
        await PutAsync("b", "1");
        _relay.Mend();
        await SeenAsync("a=2 b=1");

        _relay.Cut();
        await _api.RestartAsync();
        await PutAsync("a", "3");
        await _api.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default/configmaps/b");
        _relay.Mend();
        await SeenAsync("a=3");

        _relay.Cut();
        await PutAsync("c", "1");
        await CompactAsync();
        await _api.RestartAsync();
        _relay.Mend();
        await SeenAsync("a=3 c=1");
        await PutAsync("c", "2");
        await SeenAsync("a=3 c=2");
    }

    /// <summary>Forgets the history up to now; the server must then say 410 to whoever asks for it.</summary>
    private async Task CompactAsync()
    {
        var (_, list) = await _api.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/configmaps");
        using var channel = EtcdChannel.Open(_api.Store.Socket);
        await new EtcdStore(channel).CompactAsync(long.Parse((string)list!["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture), CancellationToken.None);
    }

    private async Task PutAsync(string name, string value)
    {
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["data"] = new JsonObject { ["v"] = value } }.ToJsonString();
        var (code, answer) = await _api.SendAsync(HttpMethod.Put, "/api/v1/namespaces/default/configmaps/" + name, body);
        if (code == HttpStatusCode.NotFound)
            (code, answer) = await _api.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps", body);
        Assert.True(code is HttpStatusCode.OK or HttpStatusCode.Created, answer?.ToString());
    }

    private Task SeenAsync(string state) =>
        Eventually.TrueAsync(() => Task.FromResult(_states.LastOrDefault(s => !s.StartsWith('!')) == state), () => $"the client shows '{state}'; it has shown {string.Join(" | ", _states)}");

    private RunningClient Run(string program, string script)
    {
        var process = ProcessRunner.StartPiped(new Command(program, script)
        {
            WorkingDirectory = Foreign, Environment = new Dictionary<string, string?> { ["KUBECONFIG"] = _kubeconfig },
        });
        process.OutputDataReceived += (_, line) => { if (line.Data is not null) _states.Enqueue(line.Data); };
        process.ErrorDataReceived += (_, line) => { if (line.Data is not null) _states.Enqueue("! " + line.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new RunningClient(process);
    }

    /// <summary>List and watch with nothing but the C# client's own calls.</summary>
    private async Task CSharpAsync(CancellationToken cancellationToken)
    {
        var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(_kubeconfig));
        var present = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string? version = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (version is null)
                {
                    var list = await client.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: cancellationToken);
                    present.Clear();
                    foreach (var item in list.Items)
                        present[item.Metadata.Name] = item.Data?["v"] ?? "";
                    version = list.Metadata.ResourceVersion;
                    Show();
                }

                await foreach (var (type, item) in client.CoreV1.WatchListNamespacedConfigMapAsync("default", resourceVersion: version, onError: Refused, cancellationToken: cancellationToken))
                {
                    version = item.Metadata.ResourceVersion;
                    if (type == WatchEventType.Deleted)
                        present.Remove(item.Metadata.Name);
                    else
                        present[item.Metadata.Name] = item.Data?["v"] ?? "";
                    Show();
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or HttpOperationException && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }

        // Where this client tells of an event that is an error.
        void Refused(Exception e) => version = e is KubernetesException { Status.Code: 410 } ? null : version;

        void Show() => _states.Enqueue(string.Join(' ', present.Select(p => $"{p.Key}={p.Value}")));
    }

    private sealed class RunningClient(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
