namespace Tandem.Kubernetes.Resources;

/// <summary>A question to the API server in the form of an object: it is created, answered, and not kept.</summary>
internal sealed class ReviewResource(string group, string kind, Type model, bool isNamespaced = false)
    : Resource(group, "v1", kind, kind.ToLowerInvariant() + "s", model)
{
    public override bool IsNamespaced => isNamespaced;

    public override bool IsStored => false;

    public override IReadOnlyList<string> Verbs => ["create"];
}
