using k8s;
using k8s.Models;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Tests;

public class IngressManifestTests
{
    [Fact]
    public void Yaml_EmbeddedManifest_DeploysThisControllerWithoutAnyRights()
    {
        var objects = KubernetesYaml.LoadAllFromString(IngressManifest.Yaml);

        Assert.Equal(IngressSelection.Controller, Assert.Single(objects.OfType<V1IngressClass>()).Spec.Controller);
        var container = Assert.Single(Assert.Single(objects.OfType<V1DaemonSet>()).Spec.Template.Spec.Containers);
        Assert.Equal(IngressManifest.ImagePlaceholder, container.Image);
        Assert.Equal([(8080, 80), (8443, 443)], container.Ports.Select(p => (p.ContainerPort, p.HostPort!.Value)));
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
    }
}
