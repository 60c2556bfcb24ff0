namespace Tandem.Kubernetes.Node.Images.Credentials;

/// <summary>A name and a password for a registry. Never written anywhere but into the request to containerd.</summary>
internal sealed record RegistryCredential(string Username, string Password)
{
    public override string ToString() => Username;
}
