using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Node.Status;

/// <summary>A merge patch (RFC 7396) of a pod's status.</summary>
internal static class StatusPatch
{
    /// <summary>Sets the new status, clears what only the old one had, and demands the pod's uid.</summary>
    public static string Build(V1Pod pod, V1PodStatus status)
    {
        var body = JsonNode.Parse(KubernetesJson.Serialize(status))!.AsObject();
        if (pod.Status is not null)
        {
            foreach (var (name, _) in JsonNode.Parse(KubernetesJson.Serialize(pod.Status))!.AsObject())
            {
                if (!body.ContainsKey(name))
                    body[name] = null;
            }
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid },
            ["status"] = body,
        }.ToJsonString(JsonSerializerOptions.Default);
    }
}
