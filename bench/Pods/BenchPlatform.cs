using Tandem.Processes;

namespace Tandem.Bench.Pods;

/// <summary>A whole platform, as a user has one after <c>tandem up</c>.</summary>
internal sealed class BenchPlatform
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench-p-").FullName;

    private BenchPlatform()
    {
    }

    public string Kubeconfig => Path.Combine(_folder, "state", "bench", "hot", "kubeconfig");

    public static async Task<BenchPlatform> UpAsync(CancellationToken stop)
    {
        var platform = new BenchPlatform();
        await File.WriteAllTextAsync(Path.Combine(platform._folder, "platform.yaml"), $$"""
            apiVersion: tandem.dev/v1alpha1
            kind: Platform
            metadata: { name: bench }
            spec:
              hostname: api.yourcompany.com
              network: { bridge: tdbench, range: 10.91.0.0/24 }
              clusters: { hot: { embedded: {} }, standby: { embedded: {} } }
              loadBalancer: { embedded: { apiPort: 8753 } }
              apps: [ {{Sources.Root}}/apps ]
              images:
                docker.io/nginxinc/nginx-unprivileged:1.29.1: { build: nginx }
                docker.io/traefik/whoami:v1.11.0: { build: whoami }
            """, stop);
        await platform.RunAsync(stop, "up");
        return platform;
    }

    public async Task DownAsync()
    {
        await RunAsync(CancellationToken.None, "down", "--purge");
        Directory.Delete(_folder, recursive: true);
    }

    public Task<ProcessResult> KubectlAsync(string? input, CancellationToken stop, params string[] arguments) => ProcessRunner.RunCheckedAsync(
        new Command("kubectl", [$"--kubeconfig={Kubeconfig}", .. arguments]) { Input = input }, stop);

    private Task RunAsync(CancellationToken stop, params string[] arguments) => ProcessRunner.RunCheckedAsync(
        new Command("dotnet", [Sources.Cli, .. arguments, "-f", Path.Combine(_folder, "platform.yaml"), "--state", Path.Combine(_folder, "state")]), stop);
}
