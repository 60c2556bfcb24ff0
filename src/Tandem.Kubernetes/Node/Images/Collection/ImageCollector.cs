using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Node.Images.Collection;

/// <summary>Removes images that nothing uses and that can be pulled again, where the disk gets full. See the kubelet's image collection,
/// https://kubernetes.io/docs/concepts/architecture/garbage-collection/#containers-images.</summary>
/// <param name="cri">containerd.</param>
/// <param name="options">The node.</param>
/// <param name="tellNode">Tells a warning about the node: reason and message.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what is removed, and what cannot be.</param>
internal sealed class ImageCollector(CriClient cri, NodeOptions options, Action<string, string> tellNode, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly ImageUsage _usage = new(options.ImageCollection.MinimumAge, time);
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Looks each period until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.ImageCollection.Period, time);
        var failed = false;
        do
        {
            try
            {
                await CollectAsync(FreeMarks.Wanted(options.ImageCollection, FileSystemStats.Of(options.StateDirectory)), cancellationToken);
                failed = false;
            }
            catch (Exception e) when (e is RpcException or IOException && !cancellationToken.IsCancellationRequested)
            {
                if (failed)
                    tellNode("ImageGCFailed", e is RpcException rpc ? $"rpc error: code = {rpc.StatusCode} desc = {rpc.Status.Detail}" : e.Message);
                logger.LogWarning(e, "Images that are not used could not be removed");
                failed = true; // once may be a restart of the runtime
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Removes all unused images: the node needs the room at once.</summary>
    /// <returns>How many went.</returns>
    /// <exception cref="RpcException">The runtime does not answer.</exception>
    public Task<int> CollectAllAsync(CancellationToken cancellationToken) => CollectAsync(long.MaxValue, cancellationToken);

    public void Dispose() => _one.Dispose();

    // Until so many bytes are free; 0 takes note of what is used and removes nothing.
    private async Task<int> CollectAsync(long wanted, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var unused = await UnusedAsync(cancellationToken);
            var before = FileSystemStats.Of(options.StateDirectory).Available;
            var (free, removed) = (before, 0);
            foreach (var image in unused)
            {
                if (free >= wanted)
                    break;
                if (await RemoveAsync(image, cancellationToken))
                    removed++;
                free = FileSystemStats.Of(options.StateDirectory).Available;
            }

            if (free < wanted && wanted != long.MaxValue)
                tellNode("FreeDiskSpaceFailed", $"Failed to garbage collect required amount of images. Attempted to free {wanted - before} bytes, but only found {Math.Max(0, free - before)} bytes eligible to free.");
            return removed;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<IReadOnlyList<Image>> UnusedAsync(CancellationToken cancellationToken)
    {
        // In this order: what is pulled after the first question is not asked for in the second.
        var images = await cri.Images.ListImagesAsync(new ListImagesRequest(), deadline: Deadline(), cancellationToken: cancellationToken);
        var containers = await cri.Runtime.ListContainersAsync(new ListContainersRequest(), deadline: Deadline(), cancellationToken: cancellationToken);
        return _usage.Unused(images.Images, containers.Containers.SelectMany(c => (string[])[c.ImageRef, c.Image?.Image ?? ""]).ToHashSet());
    }

    private async Task<bool> RemoveAsync(Image image, CancellationToken cancellationToken)
    {
        var name = image.RepoTags.Concat(image.RepoDigests).FirstOrDefault(image.Id);
        try
        {
            await cri.Images.RemoveImageAsync(new RemoveImageRequest { Image = new ImageSpec { Image = image.Id } }, deadline: Deadline(), cancellationToken: cancellationToken);
            logger.LogInformation("Image {Image} was not used, and is removed to free {Size} bytes", name, image.Size);
            return true;
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning(e, "Image {Image} could not be removed", name);
            return false;
        }
    }

    private DateTime Deadline() => (time.GetUtcNow() + Limit).UtcDateTime;
}
