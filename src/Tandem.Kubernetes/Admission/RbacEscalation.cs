using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Rbac;

namespace Tandem.Kubernetes.Admission;

/// <summary>
/// Nobody grants what they do not hold: neither by writing a role nor by binding one, unless they may escalate or bind. See
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping.
/// </summary>
internal sealed class RbacEscalation(RbacAuthorizer authorizer) : IAdmission
{
    public void Admit(AdmissionRequest request)
    {
        if (request.Resource.Group != RbacResource.ApiGroup || request.Operation is not ("CREATE" or "UPDATE"))
            return;
        var user = request.Options.User;
        var isRole = request.Resource.Plural is "roles" or "clusterroles";
        var (verb, resource, name) = isRole
            ? ("escalate", request.Resource.Plural, request.Name)
            : ("bind", request.Object.Text("roleRef", "kind") == "ClusterRole" ? "clusterroles" : "roles", request.Object.Text("roleRef", "name") ?? "");
        if (authorizer.Allows(user, new AuthorizationAttributes(verb, RbacResource.ApiGroup, resource, "", request.Namespace, name, null), out _))
            return;

        // A change that grants nothing new, such as of a label or a subject's removal, needs no more than the right to update.
        var wanted = isRole ? PolicyRule.Of(request.Object) : authorizer.RulesOf(request.Object["roleRef"], request.Namespace);
        if (isRole && request.Object["aggregationRule"] is not null)
            wanted = wanted.Append(new PolicyRule(["*"], ["*"], ["*"], [], [])).Append(new PolicyRule(["*"], [], [], [], ["*"]));
        if (request.Old is { } old && JsonNode.DeepEquals(old[isRole ? "rules" : "subjects"], request.Object[isRole ? "rules" : "subjects"])
            && JsonNode.DeepEquals(old["aggregationRule"], request.Object["aggregationRule"]))
            return;
        var held = authorizer.RulesOf(user, request.Namespace).ToList();
        var missing = wanted.SelectMany(r => r.Atoms()).Where(atom => !held.Any(h => h.Covers(atom))).Select(a => a.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            throw ApiException.Forbidden(
                request.Resource.Plural,
                request.Name,
                $"user \"{user.Name}\" (groups=[{string.Join(' ', user.Groups.Select(g => $"\"{g}\""))}]) is attempting to grant RBAC permissions not currently held:\n{string.Join('\n', missing)}",
                request.Resource.Group);
    }
}
