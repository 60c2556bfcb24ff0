using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>What an autoscaler scales, seen through its scale subresource.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Path">Of the subresource.</param>
/// <param name="Replicas">As the target's specification has it.</param>
/// <param name="Selector">The target's pods; empty where it has no selector.</param>
internal sealed record ScaleTarget(string Namespace, string Path, int Replicas, string Selector)
{
    /// <exception cref="ScalingFailure">There is no such kind or object, or it cannot be scaled.</exception>
    public static async Task<ScaleTarget> FindAsync(
        k8s.Kubernetes client, string @namespace, V2CrossVersionObjectReference reference, CancellationToken cancellationToken)
    {
        var group = GroupOf(reference.ApiVersion ?? "");
        var kinds = await ApiKinds.DiscoverAsync(client, cancellationToken);
        var kind = kinds.FirstOrDefault(k => k.Kind == reference.Kind && k.IsManaged && k.ApiVersions.Any(v => GroupOf(v) == group))
            ?? throw new ScalingFailure($"no matches for kind \"{reference.Kind}\" in group \"{group}\"");
        var path = $"{kind.PathOf(@namespace, reference.Name)}/scale";
        using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, path), cancellationToken);
        var body = await ReadAsync(answer, cancellationToken);
        return new ScaleTarget(@namespace, path, (int)(body.Number("spec", "replicas") ?? 0), body.Text("status", "selector") ?? "");
    }

    /// <exception cref="ScalingFailure">The API refused.</exception>
    public async Task ScaleAsync(k8s.Kubernetes client, int replicas, CancellationToken cancellationToken)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } };
        using var content = new StringContent(patch.ToJsonString(), new MediaTypeHeaderValue("application/merge-patch+json"));
        using var answer = await client.HttpClient.PatchAsync(new Uri(client.BaseUri, Path), content, cancellationToken);
        await ReadAsync(answer, cancellationToken);
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.StatusCode >= HttpStatusCode.InternalServerError)
            answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        return answer.IsSuccessStatusCode ? body! : throw new ScalingFailure(body.Text("message") ?? answer.StatusCode.ToString());
    }

    private static string GroupOf(string apiVersion) =>
        apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion[..apiVersion.IndexOf('/', StringComparison.Ordinal)] : "";
}
