using Microsoft.Extensions.DependencyInjection;
using Tandem.Kubernetes.Controllers;
using Tandem.Kubernetes.Tests.Streams.Real;

namespace Tandem.Kubernetes.Tests.Volumes.Real;

/// <summary>A whole cluster on a real containerd: API, controllers, scheduler and node agent.</summary>
public sealed class StorageFixture : StreamsFixture
{
    private protected override Task AccountAsync() => Eventually.TrueAsync(
        async () => (await RunAsync(31, ["get", "serviceaccount", "default"])).ExitCode == 0, "the service account is there");

    private protected override void AddServices(IServiceCollection services) => services.AddHostedService<ControllerManager>();
}
