using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Platform.Clusters;
using Tandem.Platform.Parity;
using Tandem.Platform.Parity.Live;
using Tandem.Platform.Parity.Wanted;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Parity;

/// <summary>Two clusters that are equal and well, for tests to break.</summary>
internal static class Views
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly ObjectKey Web = new("apps", "Deployment", "shop", "web");
    public static readonly ObjectKey Settings = new("", "ConfigMap", "shop", "settings");
    public static readonly ObjectKey Password = new("", "Secret", "shop", "password");
    public static readonly ObjectKey Tls = new("", "Secret", "shop", "tls");
    public static readonly ObjectKey Pod = new("", "Pod", "shop", "web-1");
    public static readonly ObjectKey Node = new("", "Node", "", "node");
    public static readonly ObjectKey Definition = new("apiextensions.k8s.io", "CustomResourceDefinition", "", "shops.example.com");

    private static readonly IReadOnlyList<JsonObject> Objects =
    [
        .. Manifests.Parse(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web, namespace: shop }
            spec:
              replicas: 3
              template:
                spec:
                  containers:
                    - name: web
                      image: shop:1
                      env: [ { name: PASSWORD, valueFrom: { secretKeyRef: { name: password, key: p } } } ]
                      envFrom: [ { configMapRef: { name: not-needed, optional: true } } ]
                  volumes: [ { name: root, configMap: { name: kube-root-ca.crt } } ]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: settings, namespace: shop }
            ---
            apiVersion: example.com/v1
            kind: Shop
            metadata: { name: main, namespace: shop }
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: { name: web, namespace: shop }
            spec:
              tls: [ { hosts: [ shop.example.com ], secretName: tls } ]
              rules: [ { host: shop.example.com, http: { paths: [ { path: /, backend: {} }, { path: /cart, backend: {} } ] } } ]
            """,
            "test").Select(new ApplySet("demo").Member),
    ];

    public static Release Release => new(7, "hash", "me@here", Now.AddHours(-1), ReleaseOutcome.Succeeded)
    {
        Clusters = new Dictionary<string, ReleaseStage> { ["hot"] = ReleaseStage.Applied, ["standby"] = ReleaseStage.Applied },
    };

    public static WantedRelease Wanted => WantedRelease.Of(7, Objects, Objects.ToDictionary(o => ObjectReference.Of(o).Key.ToString(), _ => "owned"));

    public static ParityView Equal() => With([Release]);

    public static ParityView With(IReadOnlyList<Release> releases) =>
        new(Now, Cluster("hot") with { Releases = releases }, Cluster("standby") with { Releases = releases }, ReleaseHistory.Of([releases]), null);

    public static ClusterView Cluster(string name) => new(name, null)
    {
        Wanted = Wanted,
        Members = Wanted.Objects.ToDictionary(o => o.Key, o => Live(o.Key, new LiveFacts
        {
            Hash = o.Value.Hash,
            Owned = "owned",
            Workload = o.Key == Web ? new LiveWorkload(3, 3, 3, null, new Resources(0.5m, 100)) : null,
        })),
        Others = new[]
        {
            Live(Password, new LiveFacts { Data = "secret" }),
            Live(Tls, new LiveFacts { Data = "tls", Certificate = new LiveCertificate(Now.AddDays(90), ["*.example.com"]) }),
            Live(Pod, new LiveFacts { Pod = new LivePod(new Resources(1.5m, 300), [("shop:1", "sha256:1")]) }),
            Live(Node, new LiveFacts { Node = new LiveNode(true, new Resources(4, 1000)) }),
            Live(Definition, new LiveFacts { Served = "v1 hash" }),
        }.ToDictionary(o => o.Key),
        Ingress = [.. Wanted.Paths.Select(p => new IngressAnswer(p, 200, null))],
    };

    /// <summary>The cluster with other facts of one object.</summary>
    public static ClusterView Change(this ClusterView cluster, ObjectKey key, Func<LiveFacts, LiveFacts> change) => cluster with
    {
        Members = cluster.Members.ToDictionary(m => m.Key, m => m.Key == key ? Live(key, change(m.Value.Facts)) : m.Value),
        Others = cluster.Others.ToDictionary(m => m.Key, m => m.Key == key ? Live(key, change(m.Value.Facts)) : m.Value),
    };

    /// <summary>The cluster without one object.</summary>
    public static ClusterView Without(this ClusterView cluster, ObjectKey key) => cluster with
    {
        Members = cluster.Members.Where(m => m.Key != key).ToDictionary(),
        Others = cluster.Others.Where(m => m.Key != key).ToDictionary(),
    };

    /// <summary>The cluster with one object more that has the mark of a release.</summary>
    public static ClusterView And(this ClusterView cluster, ObjectKey key) => cluster with
    {
        Members = cluster.Members.Append(KeyValuePair.Create(key, Live(key, LiveFacts.None))).ToDictionary(),
    };

    private static LiveObject Live(ObjectKey key, LiveFacts facts) => new()
    {
        ApiVersion = key.Group.Length == 0 ? "v1" : key.Group + "/v1",
        Kind = key.Kind,
        Metadata = new V1ObjectMeta { Name = key.Name, NamespaceProperty = key.Namespace.Length == 0 ? null : key.Namespace },
        Facts = facts,
    };
}
