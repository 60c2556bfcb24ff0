using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Rbac;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>Creates what a new cluster begins with, and keeps the Service "kubernetes" pointing at this server.</summary>
internal sealed class Bootstrap(Registry registry, WatchCache watchCache, Caches caches, ClusterOptions options, TimeProvider time, ILogger<Bootstrap> log)
    : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly UserInfo Self = new("system:apiserver", [UserInfo.Masters]);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything is there.</summary>
    public Task Done => _done.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await watchCache.Ready.WaitAsync(stoppingToken);
            while (!await TryAsync(stoppingToken))
                await Task.Delay(Retry, time, stoppingToken);
            _done.TrySetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _done.TrySetCanceled(stoppingToken);
        }
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var value in Documents().Concat(KubernetesService()))
                await EnsureAsync(value, cancellationToken);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.Failed(e);
            return false;
        }
    }

    private async Task EnsureAsync(JsonObject value, CancellationToken cancellationToken)
    {
        var resource = ResourceCatalog.All.First(r => r.Kind == value.Text("kind") && r.ApiVersion == value.Text("apiVersion"));
        var @namespace = value.Text("metadata", "namespace") ?? "";
        var write = new WriteOptions(Self, "kube-apiserver", FieldValidation.Strict, false, null);
        var name = value.Text("metadata", "name")!;
        try
        {
            if (caches[resource].Get(@namespace, name) is null)
            {
                await registry.CreateAsync(resource, @namespace, value, write, cancellationToken);
            }
            else if (resource.Group == RbacResource.ApiGroup)
            {
                if (DefaultRoles.Complete(caches[resource].Get(@namespace, name)!.Parse(), value))
                    await registry.UpdateAsync(
                        resource, @namespace, name, "", live => { DefaultRoles.Complete(live, value); return live; }, write, cancellationToken);
            }
            else if (value.Text("kind") is "EndpointSlice" or "Endpoints")
            {
                // The node may have another address than when the state was made.
                await registry.UpdateAsync(
                    resource,
                    @namespace,
                    name,
                    "",
                    live =>
                    {
                        foreach (var field in new[] { "endpoints", "subsets", "ports" })
                            if (value[field] is { } wanted)
                                live[field] = wanted.DeepClone();
                        return live;
                    },
                    write,
                    cancellationToken);
            }
        }
        catch (ApiException e) when (e.Reason == "AlreadyExists")
        {
            // Another writer was faster.
        }
    }

    private IEnumerable<JsonObject> KubernetesService()
    {
        var metadata = new JsonObject { ["name"] = "kubernetes", ["namespace"] = "default" };
        yield return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = With(metadata, new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" }),
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = options.ApiServiceAddress.ToString(),
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["targetPort"] = options.ApiPort }),
            },
        };
        yield return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Endpoints",
            ["metadata"] = With(metadata, new JsonObject { ["endpointslice.kubernetes.io/skip-mirror"] = "true" }),
            ["subsets"] = new JsonArray(new JsonObject
            {
                ["addresses"] = new JsonArray(new JsonObject { ["ip"] = options.NodeAddress.ToString() }),
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = options.ApiPort, ["protocol"] = "TCP" }),
            }),
        };
        yield return new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = With(metadata, new JsonObject { ["kubernetes.io/service-name"] = "kubernetes" }),
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray(new JsonObject
            {
                ["addresses"] = new JsonArray(options.NodeAddress.ToString()), ["conditions"] = new JsonObject { ["ready"] = true },
            }),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = options.ApiPort, ["protocol"] = "TCP" }),
        };
    }

    private static JsonObject With(JsonObject metadata, JsonObject labels)
    {
        var copy = metadata.Copy();
        copy["labels"] = labels;
        return copy;
    }

    private static IEnumerable<JsonObject> Documents()
    {
        foreach (var file in new[] { "bootstrap.yaml", "default-roles.yaml" })
        {
            using var stream = typeof(Bootstrap).Assembly.GetManifestResourceStream(file)!;
            using var reader = new StreamReader(stream);
            foreach (var text in reader.ReadToEnd().Split("\n---\n"))
            {
                var value = YamlReader.Read(text)!.AsObject();
                yield return value.Text("apiVersion") == "rbac.authorization.k8s.io/v1" ? DefaultRoles.Marked(value) : value;
            }
        }
    }
}

internal static partial class BootstrapLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster's first objects could not be created; trying again")]
    public static partial void Failed(this ILogger<Bootstrap> log, Exception reason);
}
