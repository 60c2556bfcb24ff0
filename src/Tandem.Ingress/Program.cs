using System.Runtime.InteropServices;
using k8s;
using Tandem.Ingress;

if (args.Contains("--version"))
{
    Console.WriteLine($"Tandem ingress controller {typeof(Controller).Assembly.GetName().Version!.ToString(3)}");
    return 0;
}

var log = new ControllerLog(Console.Out, TimeProvider.System);
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
// KUBECONFIG is for running it outside of a cluster.
var kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG");
var config = string.IsNullOrEmpty(kubeconfig)
    ? KubernetesClientConfiguration.InClusterConfig()
    : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
using var client = new Kubernetes(config);
await new Controller(client, ControllerOptions.FromEnvironment(Environment.GetEnvironmentVariables()), log, TimeProvider.System).RunAsync(stop.Token);
return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
