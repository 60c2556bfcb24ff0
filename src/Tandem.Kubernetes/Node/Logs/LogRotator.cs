using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>
/// Keeps the logs of running containers from filling the disk: one that has grown too long is put aside, and the runtime told to
/// begin another. Period, size and number are the kubelet's; it also compresses what it has put aside, this does not.
/// </summary>
/// <param name="cri">The runtime.</param>
/// <param name="maxSize">Bytes from which on a log is put aside.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what fails.</param>
internal sealed class LogRotator(CriClient cri, long maxSize, TimeProvider time, ILogger logger)
{
    /// <summary>Most files of one container, the one that is written included.</summary>
    public const int MaxFiles = 5;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await RotateAsync(cancellationToken);
            }
            catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.LogDebug(e, "The runtime does not list its containers; logs are looked at again in {Period}", Period);
            }
        }
    }

    /// <summary>Looks at all running containers once.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        var list = await cri.Runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: cancellationToken);
        foreach (var container in list.Containers.Where(c => c.State == ContainerState.ContainerRunning))
        {
            try
            {
                await RotateAsync(container.Id, cancellationToken);
            }
            catch (Exception e) when (e is IOException or RpcException && !cancellationToken.IsCancellationRequested)
            {
                logger.LogWarning(e, "The log of container {Container} was not rotated; tried again in {Period}", container.Id, Period);
            }
        }
    }

    /// <summary>Deletes a log and what was put aside of it.</summary>
    public static void Delete(string file)
    {
        foreach (var old in PutAside(file))
            File.Delete(old);
        File.Delete(file);
    }

    /// <summary>What was put aside of a log, oldest first.</summary>
    public static IEnumerable<string> PutAside(string file) => Path.GetDirectoryName(file) is { } folder && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Where(f => f.StartsWith(file + ".", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        : [];

    private async Task RotateAsync(string container, CancellationToken cancellationToken)
    {
        var status = await cri.Runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = container }, cancellationToken: cancellationToken);
        var file = status.Status.LogPath;
        if (!File.Exists(file) || new FileInfo(file).Length < maxSize)
            return;
        foreach (var old in PutAside(file).SkipLast(MaxFiles - 2).ToList())
            File.Delete(old);
        var aside = $"{file}.{time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        File.Move(file, aside);
        try
        {
            await cri.Runtime.ReopenContainerLogAsync(new ReopenContainerLogRequest { ContainerId = container }, cancellationToken: cancellationToken);
        }
        catch (RpcException) when (!File.Exists(file))
        {
            // The file that was put aside is still the one that is written, or that of a container which has just ended.
            File.Move(aside, file);
            throw;
        }
    }
}
