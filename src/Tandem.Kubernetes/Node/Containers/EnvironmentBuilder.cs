using System.Text;
using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>A container's environment: services, <c>envFrom</c>, then <c>env</c>, later ones winning.</summary>
internal sealed class EnvironmentBuilder(INodeApi api, NodeOptions options, Func<string, decimal> allocatable)
{
    /// <exception cref="ContainerConfigException">Something referred to does not exist and is not optional.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BuildAsync(
        V1Pod pod, V1Container container, string? podIp, CancellationToken cancellationToken)
    {
        var result = await ServiceVariablesAsync(pod, cancellationToken);
        foreach (var source in container.EnvFrom ?? [])
            await AddAllAsync(pod.Metadata.NamespaceProperty, source, result, cancellationToken);
        foreach (var variable in container.Env ?? [])
        {
            if (variable.ValueFrom is null)
                result[variable.Name] = VariableExpansion.Expand(variable.Value ?? "", result);
            else if (await ValueAsync(pod, container, variable.ValueFrom, podIp, cancellationToken) is { } value)
                result[variable.Name] = value;
        }

        return result;
    }

    // Those of the pod's own namespace, unless it wants none, and the cluster's own service in any case.
    private async Task<Dictionary<string, string>> ServiceVariablesAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var services = new List<V1Service>();
        if (await api.KubernetesServiceAsync(cancellationToken) is { } own)
            services.Add(own);
        if (pod.Spec.EnableServiceLinks != false)
            services.AddRange(await api.ServicesAsync(pod.Metadata.NamespaceProperty, cancellationToken));
        var result = new Dictionary<string, string>();
        foreach (var (name, value) in services.SelectMany(ServiceVariables.Of))
            result[name] = value;
        return result;
    }

    private async Task AddAllAsync(
        string @namespace, V1EnvFromSource source, Dictionary<string, string> result, CancellationToken cancellationToken)
    {
        if (source.ConfigMapRef is { } configMap)
        {
            var found = await api.ConfigMapAsync(@namespace, configMap.Name, cancellationToken);
            if (found is null && configMap.Optional != true)
                throw new ContainerConfigException($"configmap \"{configMap.Name}\" not found");
            foreach (var (key, value) in found?.Data ?? new Dictionary<string, string>())
                result[source.Prefix + key] = value;
        }

        if (source.SecretRef is { } secret)
        {
            var found = await api.SecretAsync(@namespace, secret.Name, cancellationToken);
            if (found is null && secret.Optional != true)
                throw new ContainerConfigException($"secret \"{secret.Name}\" not found");
            foreach (var (key, value) in found?.Data ?? new Dictionary<string, byte[]>())
                result[source.Prefix + key] = Encoding.UTF8.GetString(value);
        }
    }

    private async Task<string?> ValueAsync(
        V1Pod pod, V1Container container, V1EnvVarSource source, string? podIp, CancellationToken cancellationToken)
    {
        var @namespace = pod.Metadata.NamespaceProperty;
        if (source.FieldRef is { } field)
            return FieldPath.Resolve(pod, field.FieldPath, podIp, options.NodeAddress);
        if (source.ResourceFieldRef is { } resource)
            return FieldPath.Resource(pod, resource, container.Name, allocatable);
        if (source.ConfigMapKeyRef is { } configMap)
        {
            var found = await api.ConfigMapAsync(@namespace, configMap.Name, cancellationToken);
            if (found?.Data is not null && found.Data.TryGetValue(configMap.Key, out var value))
                return value;
            return configMap.Optional == true ? null : throw new ContainerConfigException(found is null
                ? $"configmap \"{configMap.Name}\" not found"
                : $"couldn't find key {configMap.Key} in ConfigMap {@namespace}/{configMap.Name}");
        }

        if (source.SecretKeyRef is { } secret)
        {
            var found = await api.SecretAsync(@namespace, secret.Name, cancellationToken);
            if (found?.Data is not null && found.Data.TryGetValue(secret.Key, out var value))
                return Encoding.UTF8.GetString(value);
            return secret.Optional == true ? null : throw new ContainerConfigException(found is null
                ? $"secret \"{secret.Name}\" not found"
                : $"couldn't find key {secret.Key} in Secret {@namespace}/{secret.Name}");
        }

        throw new ContainerConfigException("environment variable with an unsupported valueFrom");
    }
}
