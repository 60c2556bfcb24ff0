using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Tests.Node.Pods;

/// <summary>A pod with the main containers a and b, and its containers as the runtime might hold them.</summary>
internal static class PodSamples
{
    public static V1Pod Pod(string policy, bool init = false) => new()
    {
        Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default", Uid = "u" },
        Spec = new V1PodSpec
        {
            RestartPolicy = policy,
            InitContainers = init ? [new V1Container { Name = "i", Image = "image" }] : null,
            Containers = [new V1Container { Name = "a", Image = "image" }, new V1Container { Name = "b", Image = "image" }],
        },
    };

    public static ContainerInstance Container(string name, ContainerPhase phase, int exit = 0) => new()
    {
        Id = name + "-id",
        Name = name,
        SandboxId = "s",
        Phase = phase,
        ExitCode = exit,
        Reason = phase != ContainerPhase.Exited ? "" : exit == 0 ? "Completed" : "Error",
        Hash = PodActions.Hash(new V1Container { Name = name, Image = "image" }),
    };

    public static PodRuntime Ready(params ContainerInstance[] containers) =>
        new([new Sandbox("s", 0, Ready: true, 1, "10.42.0.5")], containers);
}
