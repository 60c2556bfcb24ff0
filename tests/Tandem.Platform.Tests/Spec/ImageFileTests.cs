using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Spec;

public sealed class ImageFileTests
{
    [Fact]
    public void Load_TheExample_IsRead()
    {
        var file = Path.Combine(Sample.Root, "examples", "maintenance", "image.yaml");

        var spec = ImageFile.Load(file);

        Assert.Equal((file, "maintenance", null, "busybox-static"), (spec.File, spec.Name, spec.Version, spec.VersionOf));
        Assert.Equal(["busybox-static"], spec.Packages);
        Assert.Equal(
            [new ImageFileSpec("/srv/index.html", Path.Combine(Sample.Root, "examples/maintenance/index.html"), null, null), new ImageFileSpec("/srv/health", null, "ok\n", null)],
            spec.Files);
        Assert.Equal(["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/srv"], spec.Entrypoint);
        Assert.Equal((65532, "/", null), (spec.User, spec.WorkingDirectory, spec.StopSignal));
    }

    [Fact]
    public void Load_EveryOtherField_IsRead()
    {
        var spec = Load("""
            apiVersion: tandem.dev/v1alpha1
            kind: Image
            metadata: { name: x }
            spec:
              version: "2.0_rc-1"
              files: [ { path: /a, link: /b } ]
              entrypoint: [ /a ]
              user: 0
              environment: { A: "1", B: x }
              workingDirectory: /srv/www
              stopSignal: SIGQUIT
            """);

        Assert.Equal(("2.0_rc-1", null, 0, "/srv/www", "SIGQUIT"), (spec.Version, spec.VersionOf, spec.User, spec.WorkingDirectory, spec.StopSignal));
        Assert.Equal([new ImageFileSpec("/a", null, null, "/b")], spec.Files);
        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "x" }, spec.Environment);
    }

    [Fact]
    public void Load_ManyMistakes_AreAllTold()
    {
        var errors = Assert.Throws<InvalidSpecException>(() => Load("""
            apiVersion: v1
            kind: Pod
            metadata: { name: Upper, more: 1 }
            spec:
              version: { package: curl }
              packages: [ "rm -rf /", ok-package ]
              files:
                - { path: relative, text: x }
                - { path: /a/../b, text: x }
                - { path: /x }
                - { path: /x, source: not-there }
              user: -1
              workingDirectory: here
              stopSignal: 9
            """)).Errors.Select(e => e.Message).ToList();

        string[] expected =
        [
            "apiVersion: 'v1' is not known", "kind: 'Pod' must be Image", "metadata.name: 'Upper'", "unknown field 'more'", "spec.version.package: 'curl' is not among spec.packages",
            "spec.packages[0]: 'rm -rf /' is not the name", "spec.files[0].path: 'relative'", "spec.files[1].path: '/a/../b'", "spec.files[2]: needs one of source, text and link",
            "spec.files[3].source: 'not-there' does not exist", "spec.user: '-1'", "spec.workingDirectory: 'here'", "spec.stopSignal: '9'", "spec.entrypoint: is required",
        ];
        Assert.All(expected, e => Assert.Contains(errors, m => m.StartsWith(e, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, errors.Count);
    }

    private static ImageSpec Load(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("image.yaml"), text);
        return ImageFile.Load(folder.File("image.yaml"));
    }
}
