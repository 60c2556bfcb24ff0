using Tandem.Cli.Commands;
using Tandem.Host;

namespace Tandem.Cli.Output;

/// <summary>What to try once the platform is up.</summary>
internal static class NextSteps
{
    public static void Print(StatusReport status, StateFolder state)
    {
        var dns = status.LoadBalancer.Dns?.Split(':');
        var hot = status.Clusters[0];
        Console.WriteLine($"""

            {status.Hostname} is served by {status.Serving}. Try:

            """);
        if (dns is not null)
            Console.WriteLine($"  dig @{dns[0]} -p {dns[1]} {status.Hostname}");
        Console.WriteLine($"""
              curl --cacert {state.Certificate} --resolve {status.Hostname}:443:{hot.IngressAddress} https://{status.Hostname}/whoami
              kubectl --kubeconfig {hot.Kubeconfig} get pods -A
              ./tandem status
              ./tandem drill cluster-loss
            """);
    }
}
