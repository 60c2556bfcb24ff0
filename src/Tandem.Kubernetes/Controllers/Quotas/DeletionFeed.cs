namespace Tandem.Kubernetes.Controllers.Quotas;

/// <summary>Tells in which namespaces objects of any kind have gone; the garbage collector, who watches all kinds, knows.</summary>
internal sealed class DeletionFeed
{
    /// <summary>The namespace of an object that is gone.</summary>
    public event Action<string>? Deleted;

    public void Publish(string @namespace) => Deleted?.Invoke(@namespace);
}
