using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>Pods that run a script to its end; what it found out is their termination message.</summary>
internal static class PodRuns
{
    /// <summary>A pod of one container that runs a script, never restarted.</summary>
    /// <param name="name">Of the pod.</param>
    /// <param name="script">For sh; writes its findings to its output.</param>
    /// <param name="container">More of the container, in YAML's flow style.</param>
    /// <param name="spec">More of the pod, in YAML's flow style.</param>
    public static V1Pod Script(string name, string script, string container = "", string spec = "") => Load($$"""
        metadata: { name: {{name}}, namespace: default }
        spec: {
          restartPolicy: Never, terminationGracePeriodSeconds: 1, {{spec}}
          containers: [ { name: c, image: "{{BusyboxImage.Name}}", command: [/bin/busybox, sh, -c, "({{script}}) > /dev/termination-log 2>&1"], {{container}} } ] }
        """);

    public static V1Pod Load(string yaml) => KubernetesYaml.Deserialize<V1Pod>("apiVersion: v1\nkind: Pod\n" + yaml);

    /// <summary>Runs the pod to its end.</summary>
    /// <returns>The lines of the first container's termination message.</returns>
    public static async Task<string[]> RunAsync(this ContainerdFixture node, V1Pod pod)
    {
        node.Api.Create(pod);
        await node.UntilAsync(pod.Metadata.Name, s => s.ContainerStatuses?[0].State.Terminated is not null);
        return (node.Api.Pod(pod.Metadata.Name)!.Status.ContainerStatuses[0].State.Terminated.Message ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static Task UntilAsync(this ContainerdFixture node, string pod, Func<V1PodStatus, bool> condition) => Eventually.TrueAsync(
        () => Task.FromResult(condition(node.Api.Pod(pod)!.Status)), pod,
        () => node.Api.Told(pod) + KubernetesYaml.Serialize(node.Api.Pod(pod)!.Status));
}
