using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Tandem.Ingress.Cluster;

/// <summary>
/// Writes the address at which an Ingress is served into its status. Other nodes' controllers do the same, so that each
/// only adds its own address. Nobody's requests depend on it.
/// </summary>
internal sealed class StatusPublisher(IKubernetes client, string nodeAddress, ControllerLog log)
{
    private bool _forbidden;

    public async Task PublishAsync(IEnumerable<V1Ingress> served, CancellationToken cancellationToken)
    {
        foreach (var ingress in served.Where(i => !_forbidden && Addresses(i).All(a => a.Ip != nodeAddress)))
        {
            try
            {
                await PublishAsync(ingress, cancellationToken);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Forbidden)
            {
                _forbidden = true;
                log.Info("addresses are not written into the status of Ingresses: it is forbidden");
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
            {
                // It has changed or is gone: the watch says so, and the next pass writes to what it is then.
            }
            catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException or System.Text.Json.JsonException)
            {
                log.Warning($"the status of {ingress.Metadata.NamespaceProperty}/{ingress.Metadata.Name} could not be written", e);
            }
        }
    }

    private Task PublishAsync(V1Ingress ingress, CancellationToken cancellationToken)
    {
        var addresses = Addresses(ingress).Select(a => a.Ip).Append(nodeAddress).Order(StringComparer.Ordinal);
        var patch = new
        {
            // With the version, so that two nodes at once do not overwrite each other.
            metadata = new { resourceVersion = ingress.Metadata.ResourceVersion },
            status = new { loadBalancer = new { ingress = addresses.Select(ip => new { ip }).ToArray() } },
        };
        return client.NetworkingV1.PatchNamespacedIngressStatusAsync(
            new V1Patch(patch, V1Patch.PatchType.MergePatch), ingress.Metadata.Name, ingress.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private static IEnumerable<V1IngressLoadBalancerIngress> Addresses(V1Ingress ingress) => ingress.Status?.LoadBalancer?.Ingress ?? [];
}
