using System.Runtime.CompilerServices;
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
    /// <summary>Roles and bindings as they were read; an entry goes with the stored object that it belongs to.</summary>
    private readonly ConditionalWeakTable<StoredObject, PolicyRule[]> _roles = [];
    private readonly ConditionalWeakTable<StoredObject, JsonObject> _bindings = [];

    /// <exception cref="ApiException">403, worded as kube-apiserver does.</exception>
    public void Check(UserInfo user, AuthorizationAttributes wanted)
    {
        if (Allows(user, wanted, out _))
            return;
        if (wanted.Path is { } path)
            throw new ApiException(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {wanted.Verb} path \"{path}\"", []);
        var where = wanted.Namespace.Length > 0 ? $" in the namespace \"{wanted.Namespace}\"" : " at the cluster scope";
        throw ApiException.Forbidden(
            wanted.Resource,
            wanted.Name,
            $"User \"{user.Name}\" cannot {wanted.Verb} resource \"{wanted.Combined}\" in API group \"{wanted.Group}\"{where}",
            wanted.Group);
    }

    /// <param name="user">Who.</param>
    /// <param name="wanted">What.</param>
    /// <param name="reason">Which binding allows it; empty where none does.</param>
    public bool Allows(UserInfo user, AuthorizationAttributes wanted, out string reason)
    {
        reason = "";
        if (user.Groups.Contains(UserInfo.Masters))
            return true;
        foreach (var (rule, why) in Grants(user, wanted.Namespace))
        {
            if (!rule.Allows(wanted))
                continue;
            reason = why();
            return true;
        }

        return false;
    }

    /// <summary>Everything that somebody may do in a namespace, or, where it is empty, everywhere.</summary>
    public IEnumerable<PolicyRule> RulesOf(UserInfo user, string @namespace)
    {
        if (user.Groups.Contains(UserInfo.Masters))
        {
            yield return new PolicyRule(["*"], ["*"], ["*"], [], []);
            yield return new PolicyRule(["*"], [], [], [], ["*"]);
        }

        foreach (var (rule, _) in Grants(user, @namespace))
            yield return rule;
    }

    /// <summary>The rules of a role that a binding refers to; nothing where there is none.</summary>
    public IReadOnlyList<PolicyRule> RulesOf(JsonNode? roleRef, string @namespace)
    {
        var role = roleRef.Text("kind") == "ClusterRole"
            ? caches["clusterroles"].Get("", roleRef.Text("name") ?? "")
            : caches["roles"].Get(@namespace, roleRef.Text("name") ?? "");
        return role is null ? [] : _roles.GetValue(role, static r => [.. PolicyRule.Of(r.Parse())]);
    }

    private IEnumerable<(PolicyRule Rule, Func<string> Why)> Grants(UserInfo user, string @namespace)
    {
        foreach (var grant in Grants(user, "clusterrolebindings", ""))
            yield return grant;
        if (@namespace.Length > 0)
            foreach (var grant in Grants(user, "rolebindings", @namespace))
                yield return grant;
    }

    private IEnumerable<(PolicyRule Rule, Func<string> Why)> Grants(UserInfo user, string bindings, string @namespace)
    {
        foreach (var stored in caches[bindings].List(@namespace.Length > 0 ? @namespace : null))
        {
            var binding = _bindings.GetValue(stored, static s => s.Parse());
            if (binding.Items("subjects").FirstOrDefault(s => Is(s, user)) is not { } subject)
                continue;
            foreach (var rule in RulesOf(binding["roleRef"], @namespace))
                yield return (rule, () => Reason(binding, subject));
        }
    }

    private static string Reason(JsonObject binding, JsonObject subject)
    {
        var name = subject.Text("kind") == "ServiceAccount" ? $"{subject.Text("name")}/{subject.Text("namespace")}" : subject.Text("name");
        var where = binding.Text("metadata", "namespace") is { } ns ? $"{binding.Text("metadata", "name")}/{ns}" : binding.Text("metadata", "name");
        return $"RBAC: allowed by {binding.Text("kind")} \"{where}\" of {binding.Text("roleRef", "kind")} \"{binding.Text("roleRef", "name")}\" to {subject.Text("kind")} \"{name}\"";
    }

    private static bool Is(JsonObject subject, UserInfo user) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == user.Name,
        "Group" => user.Groups.Contains(subject.Text("name") ?? ""),
        "ServiceAccount" => user.Name == $"system:serviceaccount:{subject.Text("namespace")}:{subject.Text("name")}",
        _ => false,
    };
}
