namespace Tandem.Ingress;

/// <summary>The manifest by which the ingress controller is deployed.</summary>
public static class IngressManifest
{
    /// <summary>The image name in <see cref="Yaml"/> that the deployer replaces by the built image's reference.</summary>
    public const string ImagePlaceholder = "tandem.local/ingress";

    /// <summary>Namespace, account, rights, IngressClass and DaemonSet, as a YAML stream.</summary>
    public static string Yaml
    {
        get
        {
            using var reader = new StreamReader(typeof(IngressManifest).Assembly.GetManifestResourceStream("ingress-nginx.yaml")!);
            return reader.ReadToEnd();
        }
    }
}
