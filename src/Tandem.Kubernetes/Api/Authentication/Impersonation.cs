using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Authentication;

/// <summary>
/// A request in somebody else's name (<c>kubectl --as</c>), for those who may. See
/// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation.
/// </summary>
internal sealed class Impersonation(RbacAuthorizer authorizer)
{
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";

    /// <returns>In whose name the request is made.</returns>
    /// <exception cref="ApiException">403: they may not; 400: a group without a user.</exception>
    public UserInfo Apply(HttpRequest request, UserInfo user)
    {
        var name = request.Headers[UserHeader].ToString();
        var groups = request.Headers[GroupHeader].OfType<string>().ToList();
        var uid = request.Headers[UidHeader].ToString();
        var extra = request.Headers.Where(h => h.Key.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase)).ToDictionary(
            h => Uri.UnescapeDataString(h.Key[ExtraPrefix.Length..]).ToLowerInvariant(), h => (IReadOnlyList<string>)[.. h.Value.OfType<string>()]);
        if (name.Length == 0)
            return groups.Count == 0 && uid.Length == 0 && extra.Count == 0
                ? user
                : throw ApiException.BadRequest("requested [{" + string.Join(' ', groups) + "}] without impersonating a user");

        var wanted = Account(name) is var (@namespace, account)
            ? UserInfo.ServiceAccount(@namespace, account)
            : new UserInfo(name, []);
        authorizer.Check(user, Account(name) is var (ns, sa) ? new("impersonate", "", "serviceaccounts", "", ns, sa, null) : new("impersonate", "", "users", "", "", name, null));
        foreach (var group in groups)
            authorizer.Check(user, new("impersonate", "", "groups", "", "", group, null));
        if (uid.Length > 0)
            authorizer.Check(user, new("impersonate", "authentication.k8s.io", "uids", "", "", uid, null));
        foreach (var (key, values) in extra)
            foreach (var value in values)
                authorizer.Check(user, new("impersonate", "authentication.k8s.io", "userextras", key, "", value, null));
        if (groups.Count > 0)
            wanted = wanted with { Groups = groups };
        if (name != UserInfo.Anonymous.Name && !wanted.Groups.Contains(UserInfo.Authenticated) && !wanted.Groups.Contains(UserInfo.Unauthenticated))
            wanted = wanted with { Groups = [.. wanted.Groups, UserInfo.Authenticated] };
        else if (name == UserInfo.Anonymous.Name && groups.Count == 0)
            wanted = wanted with { Groups = UserInfo.Anonymous.Groups };
        return wanted with { Uid = uid, Extra = extra };
    }

    private static (string Namespace, string Name)? Account(string name) =>
        name.StartsWith(UserInfo.ServiceAccountPrefix, StringComparison.Ordinal) && name[UserInfo.ServiceAccountPrefix.Length..].Split(':') is [var ns, var account]
            ? (ns, account)
            : null;
}
