using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>Gives every pod its service account, and the token, authority and namespace to use it with.</summary>
internal sealed class ServiceAccountAdmission(Caches caches) : IAdmission
{
    public const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int TokenSeconds = 3607;

    public void Admit(AdmissionRequest request)
    {
        if (request is not { Operation: "CREATE", Resource.Kind: "Pod" } || request.Object.Child("spec") is not { } spec)
            return;
        if (string.IsNullOrEmpty(spec.Text("serviceAccountName")))
        {
            spec["serviceAccountName"] = "default";
            spec["serviceAccount"] = "default";
        }

        var name = spec.Text("serviceAccountName")!;
        var account = caches["serviceaccounts"].Get(request.Namespace, name)?.Parse()
            ?? throw ApiException.Forbidden("pods", request.Name, $"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");

        if (spec["imagePullSecrets"] is null && account["imagePullSecrets"] is { } secrets)
            spec["imagePullSecrets"] = secrets.DeepClone();
        var automount = spec["automountServiceAccountToken"] ?? account["automountServiceAccountToken"];
        if (automount is not null && !(bool)automount)
            return;
        Mount(spec);
    }

    private static void Mount(JsonObject spec)
    {
        var containers = spec.Items("containers").Concat(spec.Items("initContainers"))
            .Where(c => !c.Items("volumeMounts").Any(m => m.Text("mountPath") == MountPath))
            .ToList();
        if (containers.Count == 0)
            return;

        var volume = "kube-api-access-" + new string(Random.Shared.GetItems<char>(Alphabet, 5));
        if (spec["volumes"] is not JsonArray volumes)
            spec["volumes"] = volumes = [];
        volumes.Add(new JsonObject
        {
            ["name"] = volume,
            ["projected"] = new JsonObject
            {
                ["defaultMode"] = 420,
                ["sources"] = new JsonArray(
                    new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = TokenSeconds, ["path"] = "token" } },
                    new JsonObject { ["configMap"] = new JsonObject { ["name"] = "kube-root-ca.crt", ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }) } },
                    new JsonObject
                    {
                        ["downwardAPI"] = new JsonObject
                        {
                            ["items"] = new JsonArray(new JsonObject
                            {
                                ["path"] = "namespace", ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" },
                            }),
                        },
                    }),
            },
        });
        foreach (var container in containers)
        {
            if (container["volumeMounts"] is not JsonArray mounts)
                container["volumeMounts"] = mounts = [];
            mounts.Add(new JsonObject { ["name"] = volume, ["readOnly"] = true, ["mountPath"] = MountPath });
        }
    }
}
