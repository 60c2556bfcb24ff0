using System.Globalization;
using k8s.Models;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>The variables that tell containers of services, in the form of Docker's links. Pure. See
/// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables.</summary>
internal static class ServiceVariables
{
    /// <summary>None for a service that has no address or no port.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(V1Service service)
    {
        if (service.Spec.ClusterIP is not { Length: > 0 } ip || ip == "None" || service.Spec.Ports is not [var first, ..])
            yield break;
        var name = Name(service.Metadata.Name);
        yield return new($"{name}_SERVICE_HOST", ip);
        yield return new($"{name}_SERVICE_PORT", Text(first.Port));
        foreach (var port in service.Spec.Ports.Where(p => !string.IsNullOrEmpty(p.Name)))
            yield return new($"{name}_SERVICE_PORT_{Name(port.Name)}", Text(port.Port));
        yield return new($"{name}_PORT", Url(first, ip));
        foreach (var port in service.Spec.Ports)
        {
            var prefix = $"{name}_PORT_{Text(port.Port)}_{Protocol(port).ToUpperInvariant()}";
            yield return new(prefix, Url(port, ip));
            yield return new($"{prefix}_PROTO", Protocol(port));
            yield return new($"{prefix}_PORT", Text(port.Port));
            yield return new($"{prefix}_ADDR", ip);
        }
    }

    private static string Name(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Protocol(V1ServicePort port) => (port.Protocol ?? "TCP").ToLowerInvariant();

    private static string Url(V1ServicePort port, string ip) => $"{Protocol(port)}://{ip}:{Text(port.Port)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
