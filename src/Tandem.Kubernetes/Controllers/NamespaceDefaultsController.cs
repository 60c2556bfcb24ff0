using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Api.Pki;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Gives every namespace its default service account and the ConfigMap with the cluster's authority.</summary>
internal sealed class NamespaceDefaultsController : Controller
{
    private const string Account = "default";
    private const string RootCertificates = "kube-root-ca.crt";

    private readonly IKubernetes _client;
    private readonly ClusterPki _pki;

    public NamespaceDefaultsController(k8s.Kubernetes client, ClusterPki pki, SharedInformers informers, TimeProvider time, ILogger<NamespaceDefaultsController> log)
        : base(informers, time, log)
    {
        _client = client;
        _pki = pki;
        informers.Namespaces.Changed += c => Enqueue("", (c.New ?? c.Old)!.Metadata.Name);
        informers.ServiceAccounts.Changed += c =>
        {
            if (c.New is null && c.Old!.Metadata.Name == Account)
                Enqueue("", c.Old.Metadata.NamespaceProperty);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var @namespace in Informers.Namespaces.All)
            Enqueue("", @namespace.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var found = await FindAsync(() => _client.CoreV1.ReadNamespaceAsync(name, cancellationToken: cancellationToken));
        if (found is null || found.Metadata.DeletionTimestamp is not null)
            return;
        await CreateAsync(() => _client.CoreV1.CreateNamespacedServiceAccountAsync(
            new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = Account, NamespaceProperty = name } }, name, cancellationToken: cancellationToken));

        var live = await FindAsync(() => _client.CoreV1.ReadNamespacedConfigMapAsync(RootCertificates, name, cancellationToken: cancellationToken));
        var wanted = new Dictionary<string, string> { ["ca.crt"] = _pki.Authority.Pem };
        if (live is null)
        {
            await CreateAsync(() => _client.CoreV1.CreateNamespacedConfigMapAsync(
                new V1ConfigMap { Metadata = new V1ObjectMeta { Name = RootCertificates, NamespaceProperty = name }, Data = wanted }, name, cancellationToken: cancellationToken));
        }
        else if (live.Data?.TryGetValue("ca.crt", out var pem) != true || pem != _pki.Authority.Pem)
        {
            live.Data = wanted;
            await _client.CoreV1.ReplaceNamespacedConfigMapAsync(live, RootCertificates, name, cancellationToken: cancellationToken);
        }
    }

    private static async Task CreateAsync(Func<Task> create)
    {
        try
        {
            await create();
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            // It is there.
        }
    }
}
