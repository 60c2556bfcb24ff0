using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api.Reviews;

/// <summary>Answers who somebody is and what they may do. See
/// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access.</summary>
internal sealed class ReviewHandler(RbacAuthorizer authorizer, ServiceAccountTokens tokens)
{
    /// <returns>The review with its status.</returns>
    /// <exception cref="ApiException">The question makes no sense.</exception>
    public async Task<JsonObject> AnswerAsync(Resource review, JsonObject value, string @namespace, UserInfo user)
    {
        var spec = value.Child("spec");
        var errors = new FieldErrors();
        var status = review.Kind switch
        {
            "TokenReview" => await TokenAsync(spec),
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = user.ToJson() },
            "SelfSubjectRulesReview" => Rules(user, spec.Text("namespace"), errors),
            "SelfSubjectAccessReview" => Access(user, spec, errors),
            "LocalSubjectAccessReview" when spec.Text("resourceAttributes", "namespace") != @namespace =>
                Refuse(errors, e => e.Invalid("spec.resourceAttributes.namespace", spec.Text("resourceAttributes", "namespace"), "must match metadata.namespace")),
            _ => Access(Subject(spec, errors), spec, errors),
        };
        if (errors.All.Count > 0)
            throw ApiException.Invalid(review.Group, review.Kind, "", errors.All);
        value["kind"] = review.Kind;
        value["apiVersion"] = review.ApiVersion;
        value.Ensure("metadata");
        value["status"] = status;
        return value;
    }

    private static JsonObject Refuse(FieldErrors errors, Action<FieldErrors> add)
    {
        add(errors);
        return [];
    }

    private static UserInfo Subject(JsonObject? spec, FieldErrors errors)
    {
        var subject = UserInfo.Read(spec);
        if (subject.Name.Length == 0 && subject.Groups.Count == 0)
            errors.Invalid("spec.user", "", "at least one of user or group must be specified");
        return subject;
    }

    private JsonObject Access(UserInfo user, JsonObject? spec, FieldErrors errors)
    {
        var resource = spec.Child("resourceAttributes");
        var path = spec.Child("nonResourceAttributes");
        if (resource is null == path is null)
        {
            errors.Invalid("spec.resourceAttributes", resource?.DeepClone(), resource is null
                ? "exactly one of nonResourceAttributes or resourceAttributes must be specified"
                : "cannot be specified in combination with nonResourceAttributes");
            return [];
        }

        var wanted = resource is not null
            ? new AuthorizationAttributes(
                resource.Text("verb") ?? "", resource.Text("group") ?? "", resource.Text("resource") ?? "", resource.Text("subresource") ?? "",
                resource.Text("namespace") ?? "", resource.Text("name") ?? "", null)
            : AuthorizationAttributes.OfPath(path.Text("verb") ?? "", path.Text("path") ?? "");
        var allowed = authorizer.Allows(user, wanted, out var reason);
        var status = new JsonObject { ["allowed"] = allowed };
        if (reason.Length > 0)
            status["reason"] = reason;
        return status;
    }

    private JsonObject Rules(UserInfo user, string? @namespace, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(@namespace))
            return Refuse(errors, e => e.Required("spec.namespace", "namespace is required"));
        var rules = authorizer.RulesOf(user, @namespace).ToList();
        return new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(r => r.Resources.Count > 0).Select(r => r.ToJson())]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(r => r.NonResourceUrls.Count > 0).Select(r => r.ToJson())]),
            ["incomplete"] = false,
        };
    }

    private async Task<JsonObject> TokenAsync(JsonObject? spec)
    {
        if (spec.Text("token") is not { Length: > 0 } token)
            throw ApiException.BadRequest("token is required for TokenReview in authentication");
        foreach (var audience in spec.Texts("audiences").DefaultIfEmpty(ServiceAccountTokens.Audience))
            if (await tokens.CheckAsync(token, audience) is { } user)
                return new JsonObject { ["authenticated"] = true, ["user"] = user.ToJson(), ["audiences"] = new JsonArray(audience) };
        return new JsonObject { ["user"] = new JsonObject(), ["error"] = "invalid bearer token" };
    }
}
