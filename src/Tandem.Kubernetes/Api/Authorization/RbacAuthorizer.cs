using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.Authorization;

/// <summary>
/// May they do it: role-based access control over the roles and bindings in the cluster. See
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/.
/// </summary>
internal sealed class RbacAuthorizer(Caches caches)
{
    /// <exception cref="ApiException">403, worded as kube-apiserver does.</exception>
    public void Check(UserInfo user, ApiRequest request)
    {
        var resource = request.Subresource.Length > 0 ? $"{request.Plural}/{request.Subresource}" : request.Plural;
        var allowed = IsAllowed(user, request.Namespace, rule =>
            Covers(rule, "verbs", request.Verb)
            && Covers(rule, "apiGroups", request.Group)
            && (Covers(rule, "resources", resource) || (request.Subresource.Length > 0 && Covers(rule, "resources", "*/" + request.Subresource)))
            && (!rule.Texts("resourceNames").Any() || rule.Texts("resourceNames").Contains(request.Name)));
        if (allowed)
            return;
        var where = request.Namespace.Length > 0 ? $" in the namespace \"{request.Namespace}\"" : " at the cluster scope";
        throw ApiException.Forbidden(
            request.Plural,
            request.Name,
            $"User \"{user.Name}\" cannot {request.Verb} resource \"{resource}\" in API group \"{request.Group}\"{where}",
            request.Group);
    }

    /// <summary>Access to a path that is no resource.</summary>
    /// <exception cref="ApiException">403.</exception>
    public void Check(UserInfo user, string verb, string path)
    {
        var allowed = IsAllowed(user, "", rule =>
            Covers(rule, "verbs", verb)
            && rule.Texts("nonResourceURLs").Any(u => u == "*" || u == path || (u.EndsWith('*') && path.StartsWith(u[..^1], StringComparison.Ordinal))));
        if (!allowed)
            throw new ApiException(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {verb} path \"{path}\"", []);
    }

    private bool IsAllowed(UserInfo user, string @namespace, Func<JsonObject, bool> covers) =>
        user.Groups.Contains(UserInfo.Masters)
        || Rules(user, "clusterrolebindings", "").Any(covers)
        || (@namespace.Length > 0 && Rules(user, "rolebindings", @namespace).Any(covers));

    private IEnumerable<JsonObject> Rules(UserInfo user, string bindings, string @namespace)
    {
        foreach (var stored in caches[bindings].List(@namespace.Length > 0 ? @namespace : null))
        {
            var binding = stored.Parse();
            if (!binding.Items("subjects").Any(s => Is(s, user)))
                continue;
            var role = binding.Text("roleRef", "kind") == "ClusterRole"
                ? caches["clusterroles"].Get("", binding.Text("roleRef", "name") ?? "")
                : caches["roles"].Get(@namespace, binding.Text("roleRef", "name") ?? "");
            foreach (var rule in role?.Parse().Items("rules") ?? [])
                yield return rule;
        }
    }

    private static bool Is(JsonObject subject, UserInfo user) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == user.Name,
        "Group" => user.Groups.Contains(subject.Text("name") ?? ""),
        "ServiceAccount" => user.Name == $"system:serviceaccount:{subject.Text("namespace")}:{subject.Text("name")}",
        _ => false,
    };

    private static bool Covers(JsonObject rule, string field, string value) => rule.Texts(field).Any(v => v == "*" || v == value);
}
