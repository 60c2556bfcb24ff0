using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>
/// The templates that a DaemonSet or StatefulSet has had, as ControllerRevisions: what <c>kubectl rollout history</c> shows
/// and <c>undo</c> goes back to.
/// </summary>
internal sealed class RevisionHistory(IKubernetes client)
{
    /// <summary>The revisions of an owner, oldest first, with that of its present template as the newest.</summary>
    /// <param name="owner">The set, with its kind and apiVersion.</param>
    /// <param name="selector">The set's selector.</param>
    /// <param name="template">The set's template.</param>
    /// <param name="hashLabel">The label of a revision that holds its hash.</param>
    /// <param name="collisions">How often another template had the same hash, so far.</param>
    /// <param name="cancellationToken">The process is stopping.</param>
    /// <returns>The revisions, and the number of collisions, which the owner's status keeps.</returns>
    public async Task<(List<V1ControllerRevision> All, int Collisions)> SyncAsync(
        IKubernetesObject<V1ObjectMeta> owner, V1LabelSelector selector, V1PodTemplateSpec template, string hashLabel, int collisions, CancellationToken cancellationToken)
    {
        var @namespace = owner.Metadata.NamespaceProperty;
        var listed = await client.AppsV1.ListNamespacedControllerRevisionAsync(@namespace, labelSelector: selector.ToQuery(), cancellationToken: cancellationToken);
        var own = listed.Items.Where(r => r.Metadata.IsControlledBy(owner.Metadata)).OrderBy(r => r.Revision).ToList();
        var known = own.LastOrDefault(r => PodTemplates.Same(TemplateOf(r), template));
        var next = (own.LastOrDefault()?.Revision ?? 0) + 1;
        if (known is not null)
        {
            // A rollback: the old revision becomes the newest.
            own.Remove(known);
            if (own.Any(r => r.Revision >= known.Revision))
            {
                known.Revision = next;
                known = await client.AppsV1.ReplaceNamespacedControllerRevisionAsync(known, known.Metadata.Name, @namespace, cancellationToken: cancellationToken);
            }

            return ([.. own, known], collisions);
        }

        while (true)
        {
            var hash = PodTemplates.Hash(template, collisions);
            var revision = new V1ControllerRevision
            {
                ApiVersion = "apps/v1",
                Kind = "ControllerRevision",
                Metadata = new V1ObjectMeta
                {
                    Name = $"{owner.Metadata.Name}-{hash}",
                    NamespaceProperty = @namespace,
                    Labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>()) { [hashLabel] = hash },
                    Annotations = owner.Metadata.Annotations?.TryGetValue("kubernetes.io/change-cause", out var cause) == true
                        ? new Dictionary<string, string> { ["kubernetes.io/change-cause"] = cause }
                        : null,
                    OwnerReferences = [PodTemplates.Reference(owner)],
                },
                Data = DataOf(template),
                Revision = next,
            };
            try
            {
                return ([.. own, await client.AppsV1.CreateNamespacedControllerRevisionAsync(revision, @namespace, cancellationToken: cancellationToken)], collisions);
            }
            catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.Conflict)
            {
                collisions++;
            }
        }
    }

    /// <summary>Deletes the oldest revisions that nobody uses, beyond the limit.</summary>
    public async Task TruncateAsync(IReadOnlyList<V1ControllerRevision> all, Func<V1ControllerRevision, bool> isLive, int limit, CancellationToken cancellationToken)
    {
        var unused = all.Where(r => !isLive(r)).ToList();
        foreach (var revision in unused.Take(unused.Count - limit))
            await client.AppsV1.DeleteNamespacedControllerRevisionAsync(revision.Metadata.Name, revision.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    /// <summary>The template that a revision holds.</summary>
    public static V1PodTemplateSpec TemplateOf(V1ControllerRevision revision) =>
        KubernetesJson.Deserialize<V1PodTemplateSpec>(JsonNode.Parse(KubernetesJson.Serialize(revision.Data)).At("spec", "template")!.ToJsonString());

    /// <summary>The strategic merge patch that brings the template back; rollout undo sends it as it is.</summary>
    private static JsonObject DataOf(V1PodTemplateSpec template)
    {
        var value = JsonNode.Parse(KubernetesJson.Serialize(template))!.AsObject();
        value["$patch"] = "replace";
        return new JsonObject { ["spec"] = new JsonObject { ["template"] = value } };
    }
}
