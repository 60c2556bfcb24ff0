using System.Globalization;
using Grpc.Core;
using k8s.Models;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Images;

/// <summary>Sees to it that a container's image is on the node, by its pull policy, with back-off for what cannot be pulled.</summary>
internal sealed class ImageManager(CriClient cri, INodeApi api, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly BackOff _backOff = new();
    private readonly Dictionary<string, (DateTimeOffset At, string Message)> _failures = [];

    /// <exception cref="ImagePullException">The image is not there and could not be had.</exception>
    public async Task<ImageInfo> EnsureAsync(V1Pod pod, V1Container container, CancellationToken cancellationToken)
    {
        var present = await StatusAsync(container.Image, cancellationToken);
        var policy = Policy(container);
        if (present is not null && policy != "Always")
        {
            api.Event(pod, container.Name, "Normal", "Pulled", $"Container image \"{container.Image}\" already present on machine");
            return present;
        }

        if (policy == "Never")
        {
            var message = $"Container image \"{container.Image}\" is not present with pull policy of Never";
            api.Event(pod, container.Name, "Warning", "ErrImageNeverPull", message);
            throw new ImagePullException("ErrImageNeverPull", message);
        }

        return await PullAsync(pod, container, cancellationToken);
    }

    /// <summary>What is left to wait before a pull of the image is tried again.</summary>
    public TimeSpan Remaining(V1Pod pod, V1Container container)
    {
        lock (_lock)
        {
            return _failures.TryGetValue(Key(pod, container), out var failure)
                ? _backOff.Remaining(Key(pod, container), failure.At, time.GetUtcNow()) : TimeSpan.Zero;
        }
    }

    /// <summary>Forgets the failures of a pod that is gone.</summary>
    public void Forget(V1Pod pod)
    {
        lock (_lock)
        {
            foreach (var container in pod.Spec.Containers.Concat(pod.InitContainers()).Concat(pod.EphemeralContainers()))
            {
                _backOff.Forget(Key(pod, container));
                _failures.Remove(Key(pod, container));
            }
        }
    }

    private async Task<ImageInfo> PullAsync(V1Pod pod, V1Container container, CancellationToken cancellationToken)
    {
        var image = container.Image;
        if (Remaining(pod, container) > TimeSpan.Zero)
        {
            string last;
            lock (_lock)
                last = _failures[Key(pod, container)].Message;
            api.Event(pod, container.Name, "Normal", "BackOff", $"Back-off pulling image \"{image}\"");
            api.Event(pod, container.Name, "Warning", "Failed", "Error: ImagePullBackOff");
            throw new ImagePullException("ImagePullBackOff", $"Back-off pulling image \"{image}\": ErrImagePull: {last}");
        }

        api.Event(pod, container.Name, "Normal", "Pulling", $"Pulling image \"{image}\"");
        var started = time.GetTimestamp();
        try
        {
            var pulled = await PullAsync(image, await CredentialsAsync(pod, image, cancellationToken), cancellationToken);
            var info = await StatusAsync(pulled.ImageRef, cancellationToken)
                ?? throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, $"image {pulled.ImageRef} vanished after its pull"));
            var took = time.GetElapsedTime(started).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            api.Event(pod, container.Name, "Normal", "Pulled",
                $"Successfully pulled image \"{image}\" in {took}s ({took}s including waiting). Image size: {info.Size} bytes.");
            lock (_lock)
            {
                _backOff.Forget(Key(pod, container));
                _failures.Remove(Key(pod, container));
            }

            return info;
        }
        catch (RpcException e) when (e.StatusCode is not (StatusCode.Unavailable or StatusCode.Cancelled))
        {
            var message = $"rpc error: code = {e.StatusCode} desc = {e.Status.Detail}";
            lock (_lock)
            {
                var now = time.GetUtcNow();
                _backOff.Next(Key(pod, container), now, now);
                _failures[Key(pod, container)] = (now, message);
            }

            api.Event(pod, container.Name, "Warning", "Failed", $"Failed to pull image \"{image}\": {message}");
            api.Event(pod, container.Name, "Warning", "Failed", "Error: ErrImagePull");
            throw new ImagePullException("ErrImagePull", message);
        }
    }

    // Each account in turn; what the last one is told is what there is to tell.
    private async Task<PullImageResponse> PullAsync(string image, List<AuthConfig> accounts, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var request = new PullImageRequest { Image = new ImageSpec { Image = image }, Auth = accounts.ElementAtOrDefault(i) };
            try
            {
                return await cri.Images.PullImageAsync(request, cancellationToken: cancellationToken);
            }
            catch (RpcException e) when (i + 1 < accounts.Count && e.StatusCode is not (StatusCode.Unavailable or StatusCode.Cancelled))
            {
                // The next account may be allowed to.
            }
        }
    }

    private async Task<List<AuthConfig>> CredentialsAsync(V1Pod pod, string image, CancellationToken cancellationToken)
    {
        var (found, missing) = (new List<V1Secret>(), new List<string>());
        foreach (var reference in pod.Spec.ImagePullSecrets ?? [])
        {
            if (await api.SecretAsync(pod.Metadata.NamespaceProperty, reference.Name, cancellationToken) is { } secret)
                found.Add(secret);
            else
                missing.Add(reference.Name);
        }

        if (missing.Count > 0)
            api.Event(pod, null, "Warning", "FailedToRetrieveImagePullSecret", $"Unable to retrieve some image pull secrets ({string.Join(", ", missing)}); attempting to pull the image may not succeed.");
        return [.. PullCredentials.For(image, found)];
    }

    private async Task<ImageInfo?> StatusAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await cri.Images.ImageStatusAsync(
                new ImageStatusRequest { Image = new ImageSpec { Image = image } }, cancellationToken: cancellationToken);
            return answer.Image is { } i ? new ImageInfo(i.Id, i.Uid?.Value, i.Username, i.Size) : null;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.Unknown)
        {
            throw new ImagePullException("InvalidImageName", $"Failed to apply default image tag \"{image}\": {e.Status.Detail}");
        }
    }

    // As the API defaults it; kept for pods that did not pass through defaulting.
    private static string Policy(V1Container container)
    {
        if (!string.IsNullOrEmpty(container.ImagePullPolicy))
            return container.ImagePullPolicy;
        var name = container.Image[(container.Image.LastIndexOf('/') + 1)..];
        return name.EndsWith(":latest", StringComparison.Ordinal) || !name.Contains(':', StringComparison.Ordinal) ? "Always" : "IfNotPresent";
    }

    private static string Key(V1Pod pod, V1Container container) => $"{pod.Metadata.Uid}/{container.Image}";
}
