using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Controllers;
using Tandem.Kubernetes.Tests.Api;

namespace Tandem.Kubernetes.Tests.Controllers;

/// <summary>The API, the controllers and the scheduler, without a node: the test says what the pods do.</summary>
public sealed class ControllersFixture : ApiServerFixture
{
    private k8s.Kubernetes? _cluster;

    internal k8s.Kubernetes Cluster => _cluster ??= new(KubernetesClientConfiguration.BuildConfigFromConfigFile(Options.Kubeconfig));

    /// <summary>A namespace of the test's own.</summary>
    internal async Task<string> NamespaceAsync()
    {
        var created = await Cluster.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { GenerateName = "t-" } });
        var name = created.Metadata.Name;
        await Eventually.TrueAsync(
            async () => (await Cluster.CoreV1.ListNamespacedServiceAccountAsync(name)).Items.Count > 0, "the service account is there");
        return name;
    }

    internal async Task<IList<V1Pod>> PodsAsync(string @namespace) => (await Cluster.CoreV1.ListNamespacedPodAsync(@namespace)).Items;

    /// <summary>The names of the pods that are not ending.</summary>
    internal async Task<string> PodNamesAsync(string @namespace) =>
        string.Join(' ', (await PodsAsync(@namespace)).Select(p => p.Metadata.Name).Order(StringComparer.Ordinal));

    /// <summary>Writes the status that a node would: running and ready or not, or ended.</summary>
    internal async Task SetAsync(V1Pod pod, string phase, bool ready = true, int exitCode = 0)
    {
        var now = DateTime.UnixEpoch.AddYears(50);
        var status = new
        {
            status = new
            {
                phase,
                startTime = now,
                conditions = new[] { new { type = "Ready", status = phase == "Running" && ready ? "True" : "False", lastTransitionTime = now } },
                containerStatuses = phase == "Running" ? [] : pod.Spec.Containers.Select(c => new
                {
                    name = c.Name, image = c.Image, imageID = "", ready = false, restartCount = 0, state = new { terminated = new { exitCode, finishedAt = TimeProvider.System.GetUtcNow().UtcDateTime } },
                }),
            },
        };
        await Cluster.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(KubernetesJson.Serialize(status), V1Patch.PatchType.StrategicMergePatch), pod.Metadata.Name, pod.Metadata.NamespaceProperty);
    }

    /// <summary>Waits for the pods of these names, in their order of name, and lets all of them run.</summary>
    internal async Task RunAsync(string @namespace, string names)
    {
        await Eventually.TrueAsync(async () => await PodNamesAsync(@namespace) == names, $"the pods are {names}");
        foreach (var pod in await PodsAsync(@namespace))
            if (!pod.IsReady())
                await SetAsync(pod, "Running");
    }

    /// <summary>What the test says that pods use.</summary>
    internal SpokenUsage Usage { get; } = new();

    /// <inheritdoc/>
    private protected override void AddNode(IServiceCollection services)
    {
        base.AddNode(services);
        services.AddSingleton<INodeUsage>(Usage);
    }

    /// <inheritdoc/>
    private protected override void AddServices(IServiceCollection services) => services.AddHostedService<ControllerManager>();
}
