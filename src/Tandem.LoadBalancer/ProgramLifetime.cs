using Microsoft.Extensions.Hosting;

namespace Tandem.LoadBalancer;

/// <summary>
/// Leaves signals to the program: the framework's own lifetime would take SIGTERM for itself, stop one server alone and
/// let the process live on.
/// </summary>
internal sealed class ProgramLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
