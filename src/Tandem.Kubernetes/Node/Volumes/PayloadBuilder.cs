using System.Text;
using k8s.Models;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>The files of configMap, secret, downwardAPI and projected volumes.</summary>
internal sealed class PayloadBuilder(INodeApi api, NodeOptions options, TokenCache tokens, Func<string, decimal> allocatable)
{
    private const int DefaultMode = 420; // 0644

    /// <summary>The volume's files by path, or null where the volume is of another type.</summary>
    /// <exception cref="VolumeException">Something referred to does not exist and is not optional.</exception>
    public async Task<Dictionary<string, VolumeFile>?> BuildAsync(V1Pod pod, V1Volume volume, string? podIp, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, VolumeFile>();
        var source = new Source(pod, volume.Name, podIp, files);
        if (volume.ConfigMap is { } configMap)
            await ConfigMapAsync(source, configMap.Name, configMap.Items, configMap.Optional, configMap.DefaultMode ?? DefaultMode, cancellationToken);
        else if (volume.Secret is { } secret)
            await SecretAsync(source, secret.SecretName, secret.Items, secret.Optional, secret.DefaultMode ?? DefaultMode, cancellationToken);
        else if (volume.DownwardAPI is { } downward)
            Downward(source, downward.Items, downward.DefaultMode ?? DefaultMode);
        else if (volume.Projected is { } projected)
            await ProjectedAsync(source, projected, cancellationToken);
        else
            return null;
        return files;
    }

    private async Task ProjectedAsync(Source to, V1ProjectedVolumeSource projected, CancellationToken cancellationToken)
    {
        var mode = projected.DefaultMode ?? DefaultMode;
        foreach (var part in projected.Sources ?? [])
        {
            if (part.ConfigMap is { } configMap)
                await ConfigMapAsync(to, configMap.Name, configMap.Items, configMap.Optional, mode, cancellationToken);
            if (part.Secret is { } secret)
                await SecretAsync(to, secret.Name, secret.Items, secret.Optional, mode, cancellationToken);
            if (part.DownwardAPI is { } downward)
                Downward(to, downward.Items, mode);
            if (part.ServiceAccountToken is { } token)
            {
                var text = await tokens.GetAsync(to.Pod, token.Audience, token.ExpirationSeconds ?? 3600, cancellationToken);
                // Nobody but the pod's own user may read a token, where that user is known.
                var own = VolumeOwnership.CommonUser(to.Pod) is not null || to.Pod.Spec.SecurityContext?.FsGroup is not null;
                to.Files[token.Path] = new VolumeFile(Encoding.UTF8.GetBytes(text), (UnixFileMode)(own ? 384 : mode)); // 0600
            }

            if (part.ClusterTrustBundle is not null)
                throw new VolumeException(to.Volume, "clusterTrustBundle projections are not supported by this node");
        }
    }

    private async Task ConfigMapAsync(
        Source to, string name, IList<V1KeyToPath>? items, bool? optional, int mode, CancellationToken cancellationToken)
    {
        var found = await api.ConfigMapAsync(to.Pod.Metadata.NamespaceProperty, name, cancellationToken);
        if (found is null && optional != true)
            throw new VolumeException(to.Volume, $"configmap \"{name}\" not found");
        var content = new Dictionary<string, byte[]>();
        foreach (var (key, value) in found?.Data ?? new Dictionary<string, string>())
            content[key] = Encoding.UTF8.GetBytes(value);
        foreach (var (key, value) in found?.BinaryData ?? new Dictionary<string, byte[]>())
            content[key] = value;
        Add(to, content, items, optional, mode, "configmap");
    }

    private async Task SecretAsync(
        Source to, string name, IList<V1KeyToPath>? items, bool? optional, int mode, CancellationToken cancellationToken)
    {
        var found = await api.SecretAsync(to.Pod.Metadata.NamespaceProperty, name, cancellationToken);
        if (found is null && optional != true)
            throw new VolumeException(to.Volume, $"secret \"{name}\" not found");
        Add(to, found?.Data ?? new Dictionary<string, byte[]>(), items, optional, mode, "secret");
    }

    private static void Add(
        Source to, IDictionary<string, byte[]> content, IList<V1KeyToPath>? items, bool? optional, int mode, string kind)
    {
        if (items is not { Count: > 0 })
        {
            foreach (var (key, value) in content)
                to.Files[key] = new VolumeFile(value, (UnixFileMode)mode);
            return;
        }

        foreach (var item in items)
        {
            if (content.TryGetValue(item.Key, out var value))
                to.Files[item.Path] = new VolumeFile(value, (UnixFileMode)(item.Mode ?? mode));
            else if (optional != true)
                throw new VolumeException(to.Volume, $"references non-existent {kind} key: {item.Key}");
        }
    }

    private void Downward(Source to, IList<V1DownwardAPIVolumeFile>? items, int mode)
    {
        foreach (var item in items ?? [])
        {
            var text = item.FieldRef is { } field
                ? FieldPath.Resolve(to.Pod, field.FieldPath, to.PodIp, options.NodeAddress)
                : FieldPath.Resource(to.Pod, item.ResourceFieldRef, item.ResourceFieldRef.ContainerName, allocatable);
            to.Files[item.Path] = new VolumeFile(Encoding.UTF8.GetBytes(text), (UnixFileMode)(item.Mode ?? mode));
        }
    }

    private sealed record Source(V1Pod Pod, string Volume, string? PodIp, Dictionary<string, VolumeFile> Files);
}
