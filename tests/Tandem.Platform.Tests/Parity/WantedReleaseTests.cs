using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Wanted;
using Tandem.Platform.Parity.Watching;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Parity;

public sealed class WantedReleaseTests
{
    [Fact]
    public void Needs_OfAWorkload_AreAllThatItCannotDoWithout()
    {
        var wanted = Of("""
            apiVersion: batch/v1
            kind: CronJob
            metadata: { name: c, namespace: ns }
            spec:
              jobTemplate:
                spec:
                  template:
                    spec:
                      imagePullSecrets: [ { name: pull } ]
                      initContainers: [ { name: i, envFrom: [ { secretRef: { name: env } } ] } ]
                      containers:
                        - name: c
                          env:
                            - { name: A, valueFrom: { configMapKeyRef: { name: one, key: k } } }
                            - { name: B, valueFrom: { secretKeyRef: { name: maybe, key: k, optional: true } } }
                      volumes:
                        - { name: v, secret: { secretName: volume } }
                        - { name: w, configMap: { name: two } }
                        - { name: x, projected: { sources: [ { secret: { name: three } }, { configMap: { name: kube-root-ca.crt } } ] } }
            """);

        Assert.Equal(
            ["ConfigMap ns/one", "ConfigMap ns/two", "Secret ns/env", "Secret ns/pull", "Secret ns/three", "Secret ns/volume"],
            wanted.Needs.Select(n => n.Key.ToString()).Order(StringComparer.Ordinal));
        Assert.All(wanted.Needs, n => Assert.Equal(new ObjectKey("batch", "CronJob", "ns", "c"), n.By));
    }

    [Fact]
    public void Names_OfARelease_AreItsKindsAndWhatTheyNeed() => Assert.Equal(
        [
            "Deployment in apps/v1, members", "Shop in example.com/v1, members", "Ingress in networking.k8s.io/v1, members", "ConfigMap in v1, members",
            "CustomResourceDefinition in apiextensions.k8s.io/v1", "Node in v1", "Pod in v1", "Secret in v1 of shop",
        ],
        WatchedNames.Of(Views.Wanted).OrderBy(n => !n.Members).ThenBy(n => n.ApiVersion, StringComparer.Ordinal).ThenBy(n => n.Kind, StringComparer.Ordinal)
            .Select(n => $"{n.Kind} in {n.ApiVersion}{(n.Namespace is null ? "" : $" of {n.Namespace}")}{(n.Members ? ", members" : "")}"));

    [Fact]
    public void Names_OfNoRelease_AreNone() => Assert.Empty(WatchedNames.Of(null));

    private static WantedRelease Of(string yaml) =>
        WantedRelease.Of(1, [.. Manifests.Parse(yaml, "test").Select(new ApplySet("demo").Member)], new Dictionary<string, string>());
}
