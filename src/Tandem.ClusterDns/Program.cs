using System.Runtime.InteropServices;
using k8s;
using k8s.Models;
using Tandem.Client;
using Tandem.ClusterDns;
using Tandem.ClusterDns.Forwarding;

if (args.Contains("--version"))
{
    Console.WriteLine($"Tandem cluster DNS {typeof(ClusterDnsManifest).Assembly.GetName().Version!.ToString(3)}");
    return 0;
}

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    var options = ClusterDnsOptions.FromEnvironment(Environment.GetEnvironmentVariables());
    var upstreams = File.Exists("/etc/resolv.conf") ? ResolvConf.Servers(await File.ReadAllTextAsync("/etc/resolv.conf")) : [];
    // KUBECONFIG is for running it outside of a cluster.
    var kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG");
    var config = string.IsNullOrEmpty(kubeconfig)
        ? KubernetesClientConfiguration.InClusterConfig()
        : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
    // A watch lasts longer than any time limit of a request.
    config.HttpClientTimeout = Timeout.InfiniteTimeSpan;
    using var client = new Kubernetes(config);
    Log($"serving {options.ClusterDomain} on port {options.Port}; upstream: {(upstreams.Count == 0 ? "none" : string.Join(", ", upstreams))}");
    await new ClusterDnsProgram(
        options, RestSource.Of<V1Service>(client), RestSource.Of<V1EndpointSlice>(client), upstreams, TimeProvider.System, Log).RunAsync(stop.Token);
    return 0;
}
catch (FormatException e)
{
    Log(e.Message);
    return 2;
}

static void Log(string message) =>
    Console.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {message}");

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
