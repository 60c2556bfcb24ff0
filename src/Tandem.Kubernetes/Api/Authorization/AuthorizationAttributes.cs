namespace Tandem.Kubernetes.Api.Authorization;

/// <summary>What somebody wants to do, as authorizers see it. See
/// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#request-attributes.</summary>
/// <param name="Verb">Such as get, or for a path the HTTP method in lower case.</param>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Resource">The plural, without the subresource.</param>
/// <param name="Subresource">Empty for the object itself.</param>
/// <param name="Namespace">Empty for the whole cluster.</param>
/// <param name="Name">Empty for a collection.</param>
/// <param name="Path">The path of what is no resource; null for resources.</param>
internal sealed record AuthorizationAttributes(
    string Verb, string Group, string Resource, string Subresource, string Namespace, string Name, string? Path)
{
    /// <summary>The resource as rules name it, such as pods/log.</summary>
    public string Combined => Subresource.Length > 0 ? $"{Resource}/{Subresource}" : Resource;

    public static AuthorizationAttributes Of(ApiRequest request) => new(
        request.Verb, request.Group, request.Plural, request.Subresource, request.Namespace, request.Name.Length > 0 ? request.Name : request.SelectedName, null);

    public static AuthorizationAttributes OfPath(string verb, string path) => new(verb, "", "", "", "", "", path);
}
