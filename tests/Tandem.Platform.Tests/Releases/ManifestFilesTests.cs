using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class ManifestFilesTests
{
    [Fact]
    public async Task LoadAsync_Folders_FindsManifestsInTheOrderToApply()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("app/sub"));
        File.WriteAllText(folder.File("app/a.yml"), Text("Ingress") + "---\n" + Text("Deployment") + "---\n" + Text("Widget"));
        File.WriteAllText(folder.File("app/b.json"), """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}""");
        File.WriteAllText(folder.File("app/sub/c.yaml"), Text("Service") + "---\n" + Text("Namespace"));
        File.WriteAllText(folder.File("app/notes.txt"), "not a manifest");
        File.WriteAllText(folder.File("one.yaml"), Text("ServiceAccount"));

        Assert.Equal(
            ["Namespace", "ServiceAccount", "ConfigMap", "Service", "Deployment", "Widget", "Ingress"],
            (await ManifestFiles.LoadAsync([folder.File("app"), folder.File("one.yaml")], CancellationToken.None)).Select(o => (string?)o["kind"]));
    }

    [Fact]
    public async Task LoadAsync_ShippedApplications_BeginWithTheNamespaceAndEndWithTheIngress()
    {
        var kinds = (await ManifestFiles.LoadAsync([Path.Combine(Sample.Root, "apps")], CancellationToken.None)).Select(o => (string?)o["kind"]).ToList();

        Assert.Equal(("Namespace", "Ingress"), (kinds[0], kinds[^1]));
    }

    [Fact]
    public async Task LoadAsync_FolderWithAKustomization_IsBuiltByKubectl()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("base"));
        await File.WriteAllTextAsync(folder.File("base/kustomization.yaml"), "namePrefix: big-\nresources: [ map.yaml ]\n");
        await File.WriteAllTextAsync(folder.File("base/map.yaml"), Text("ConfigMap"));
        await File.WriteAllTextAsync(folder.File("plain.yaml"), Text("Namespace"));

        var objects = await ManifestFiles.LoadAsync([folder.File("")], CancellationToken.None);

        Assert.Equal(["Namespace x", "ConfigMap big-x"], objects.Select(o => $"{o["kind"]} {o["metadata"]!["name"]}"));
    }

    [Fact]
    public async Task LoadAsync_BrokenKustomization_SaysWhatKustomizeSays()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("kustomization.yaml"), "resources: [ missing.yaml ]\n");

        var e = await Assert.ThrowsAsync<ManifestException>(() => ManifestFiles.LoadAsync([folder.File("")], CancellationToken.None));

        Assert.Contains("missing.yaml", e.Message);
    }

    [Fact]
    public async Task LoadAsync_TheSameObjectTwice_IsRefusedWithBothPlaces()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a.yaml"), Text("ConfigMap"));
        await File.WriteAllTextAsync(folder.File("b.yaml"), Text("ConfigMap"));

        var e = await Assert.ThrowsAsync<ManifestException>(() => ManifestFiles.LoadAsync([folder.File("")], CancellationToken.None));

        Assert.Contains("b.yaml: ConfigMap x is in ", e.Message);
        Assert.Contains("a.yaml already", e.Message);
    }

    private static string Text(string kind) => $"apiVersion: v1\nkind: {kind}\nmetadata: {{ name: x }}\n";
}
