using System.Net;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>Who may do what, as kubectl and service accounts meet it.</summary>
public sealed class AccessTests(ApiServerFixture api) : IClassFixture<ApiServerFixture>
{
    [Fact]
    public async Task Anonymous_SeesHealthAndVersionOnly()
    {
        using var client = api.Anonymous();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/version")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        foreach (var path in new[] { "/api", "/apis", "/openapi/v3", "/api/v1/namespaces", "/apis/apps/v1", "/nowhere" })
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(path)).StatusCode);
        var refused = JsonNode.Parse(await client.GetStringAsync("/api/v1/pods", HttpStatusCode.Forbidden))!;
        Assert.Equal("pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" at the cluster scope", (string?)refused["message"]);
    }

    [Fact]
    public async Task CanI_ForAnImpersonatedUser_FollowsTheBindings()
    {
        await api.KubectlOkAsync("create role reader --verb=get,list --resource=pods,pods/log -n default");
        await api.KubectlOkAsync("create rolebinding readers --role=reader --user=ann --serviceaccount=default:reader -n default");

        Assert.Equal("yes", (await api.KubectlAsync("auth can-i list pods --as=ann -n default")).Output.Trim());
        Assert.Equal("yes", (await api.KubectlAsync("auth can-i get pods --subresource=log --as=ann -n default")).Output.Trim());
        Assert.Equal("no", (await api.KubectlAsync("auth can-i delete pods --as=ann -n default")).Output.Trim());
        Assert.Equal("no", (await api.KubectlAsync("auth can-i list pods --as=ann -n kube-system")).Output.Trim());
        Assert.Equal("yes", (await api.KubectlAsync("auth can-i list pods --as=system:serviceaccount:default:reader -n default")).Output.Trim());
        Assert.Equal("yes", (await api.KubectlAsync("auth can-i * *")).Output.Trim());
        Assert.Contains("pods", await api.KubectlOkAsync("auth can-i --list --as=ann -n default"));
        Assert.Contains("selfsubjectaccessreviews.authorization.k8s.io", await api.KubectlOkAsync("auth can-i --list --as=ann -n default"));
    }

    [Fact]
    public async Task Impersonation_WithoutTheRight_IsRefused()
    {
        var refused = await api.KubectlAsync("get pods --as=ann --as-group=x");
        Assert.Contains("User \"ann\" cannot list resource \"pods\"", refused.Error);

        using var client = api.Anonymous();
        client.DefaultRequestHeaders.Add("Impersonate-User", "ann");
        var body = await client.GetStringAsync("/api/v1/pods", HttpStatusCode.Forbidden);
        Assert.Contains("cannot impersonate resource \\\"users\\\"", body);
    }

    [Fact]
    public async Task Role_WithMoreThanItsAuthorHolds_IsRefused()
    {
        await api.KubectlOkAsync("create clusterrole role-writer --verb=create,update,get --resource=roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io");
        await api.KubectlOkAsync("create clusterrole pod-getter --verb=get --resource=pods");
        await api.KubectlOkAsync("create clusterrolebinding rick-writes --clusterrole=role-writer --user=rick");
        await api.KubectlOkAsync("create clusterrolebinding rick-gets --clusterrole=pod-getter --user=rick");

        await api.KubectlOkAsync("create role mine --verb=get --resource=pods -n default --as=rick");
        var more = await api.KubectlAsync("create role more --verb=get,delete --resource=pods -n default --as=rick");
        var bound = await api.KubectlAsync("create rolebinding all --clusterrole=cluster-admin --user=rick -n default --as=rick");

        Assert.Contains("user \"rick\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}", more.Error);
        Assert.Contains("is attempting to grant RBAC permissions not currently held", bound.Error);
    }

    [Fact]
    public async Task ResourceNames_OfAList_AreMetByItsFieldSelector()
    {
        await api.KubectlOkAsync("create role one-map --verb=list,watch --resource=configmaps --resource-name=this -n default");
        await api.KubectlOkAsync("create rolebinding one-map --role=one-map --user=eve -n default");

        await api.KubectlOkAsync("get configmaps --field-selector metadata.name=this -n default --as=eve");
        Assert.NotEqual(0, (await api.KubectlAsync("get configmaps -n default --as=eve")).ExitCode);
        Assert.NotEqual(0, (await api.KubectlAsync("get configmaps --field-selector metadata.name!=this -n default --as=eve")).ExitCode);
    }

    [Fact]
    public async Task ApplyOfSomethingNew_NeedsTheRightToCreate()
    {
        await api.KubectlOkAsync("create role patcher --verb=patch,get --resource=configmaps -n default");
        await api.KubectlOkAsync("create rolebinding patcher --role=patcher --user=pat -n default");

        var refused = await api.KubectlAsync("apply --server-side --as=pat -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: new-one, namespace: default }\n");

        Assert.Contains("cannot create resource \"configmaps\"", refused.Error);
    }

    [Fact]
    public async Task TokenReview_TellsGoodTokensFromForgedOnes()
    {
        await api.KubectlOkAsync("create serviceaccount reviewed -n default");
        var (_, issued) = await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/serviceaccounts/reviewed/token", """{"spec":{"expirationSeconds":600}}""");
        var token = (string)issued!["status"]!["token"]!;

        var good = await ReviewAsync(token);
        Assert.True((bool)good["authenticated"]!);
        Assert.Equal("system:serviceaccount:default:reviewed", (string?)good["user"]!["username"]);
        Assert.NotNull(good["user"]!["extra"]!["authentication.kubernetes.io/credential-id"]);
        Assert.Null((await ReviewAsync(token[..^4] + "AAAA"))["authenticated"]);
        Assert.Null((await ReviewAsync("nonsense"))["authenticated"]);
        Assert.Null((await ReviewAsync(token, "vault"))["authenticated"]);

        await api.KubectlOkAsync("delete serviceaccount reviewed -n default");
        Assert.Null((await ReviewAsync(token))["authenticated"]);
    }

    [Fact]
    public async Task Reviews_AreQuestionsThatNobodyCanListOrKeep()
    {
        var (listed, _) = await api.SendAsync(HttpMethod.Get, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
        var (asked, answer) = await api.SendAsync(HttpMethod.Post, "/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"nobody","resourceAttributes":{"verb":"get","resource":"pods"}}}""");
        var (empty, why) = await api.SendAsync(HttpMethod.Post, "/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}""");
        var (_, self) = await api.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, listed);
        Assert.Equal(HttpStatusCode.Created, asked);
        Assert.False((bool)answer!["status"]!["allowed"]!);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty);
        Assert.Contains("at least one of user or group must be specified", (string?)why!["message"]);
        Assert.Contains("system:masters", self!["status"]!["userInfo"]!["groups"]!.ToJsonString());
    }

    [Fact]
    public async Task AuditLog_HasEveryWriteAndNoContent()
    {
        await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/secrets", """{"metadata":{"name":"audited"},"stringData":{"a":"top-secret"}}""");
        await api.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/secrets/audited");
        await api.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default/secrets/audited");
        var path = Path.Combine(api.Options.StateDirectory, "audit.log");

        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(path) && File.ReadLines(path).Count(l => l.Contains("\"audited\"", StringComparison.Ordinal)) >= 1), "the deletion is logged");

        var lines = (await File.ReadAllLinesAsync(path)).Select(l => JsonNode.Parse(l)!).Where(l => (string?)l["objectRef"]!["resource"] == "secrets").ToList();
        Assert.Equal(["create", "delete"], lines.Select(l => (string?)l["verb"]));
        Assert.Equal(201, (int)lines[0]["responseStatus"]!["code"]!);
        Assert.Contains("system:masters", lines[0]["user"]!["groups"]!.ToJsonString());
        Assert.DoesNotContain("top-secret", await File.ReadAllTextAsync(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task PodSecurity_Levels_RefuseWarnAndTellTheAuditLog()
    {
        await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces", """{"metadata":{"name":"strict","labels":{"pod-security.kubernetes.io/enforce":"baseline","pod-security.kubernetes.io/warn":"restricted","pod-security.kubernetes.io/audit":"restricted"}}}""");
        await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces/strict/serviceaccounts", """{"metadata":{"name":"default"}}""");

        var refused = await api.KubectlAsync("run bad --image=x -n strict --overrides={\"spec\":{\"hostNetwork\":true}}");
        var warned = await api.KubectlAsync("run fair --image=x -n strict");
        var (code, body) = await api.SendAsync(HttpMethod.Post, "/api/v1/namespaces", """{"metadata":{"name":"odd","labels":{"pod-security.kubernetes.io/enforce":"strictest"}}}""");

        Assert.Contains("violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)", refused.Error);
        Assert.Equal(0, warned.ExitCode);
        Assert.Contains("would violate PodSecurity \"restricted:latest\"", warned.Error);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains("must be one of privileged, baseline, restricted", (string?)body!["message"]);
        var path = Path.Combine(api.Options.StateDirectory, "audit.log");
        await Eventually.TrueAsync(
            async () => (await File.ReadAllTextAsync(path)).Contains("pod-security.kubernetes.io/audit-violations", StringComparison.Ordinal), "the violation is in the audit log");
    }

    private async Task<JsonNode> ReviewAsync(string token, string? audience = null)
    {
        var spec = new JsonObject { ["token"] = token };
        if (audience is not null)
            spec["audiences"] = new JsonArray(audience);
        var (_, body) = await api.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/tokenreviews", new JsonObject { ["spec"] = spec }.ToJsonString());
        return body!["status"]!;
    }
}

internal static class RefusedRequests
{
    /// <summary>The body of an answer that has to have a certain status.</summary>
    public static async Task<string> GetStringAsync(this HttpClient client, string path, HttpStatusCode expected)
    {
        using var answer = await client.GetAsync(path);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
