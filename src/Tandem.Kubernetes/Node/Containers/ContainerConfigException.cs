namespace Tandem.Kubernetes.Node.Containers;

/// <summary>A container cannot be created as its specification says; it waits with this reason and is tried again.</summary>
internal sealed class ContainerConfigException(string message, string reason = "CreateContainerConfigError") : Exception(message)
{
    public string Reason { get; } = reason;
}
