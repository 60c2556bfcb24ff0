using System.Text;
using k8s.Models;
using Tandem.Kubernetes.Node.Images.Credentials;

namespace Tandem.Kubernetes.Tests.Node.Images;

public sealed class KeyringTests
{
    [Theory]
    [InlineData("registry.example", "registry.example/team/app:1", true)]
    [InlineData("https://registry.example/v1/", "registry.example/team/app", true)]
    [InlineData("registry.example/team", "registry.example/team/app", true)]
    [InlineData("registry.example/other", "registry.example/team/app", false)]
    [InlineData("*.example", "registry.example/team/app", true)]
    [InlineData("*.example", "a.registry.example/team/app", false)]
    [InlineData("reg*.*.example", "registry.a.example/app", true)]
    [InlineData("registry.example:5000", "registry.example:5000/app", true)]
    [InlineData("registry.example", "registry.example:5000/app", false)]
    [InlineData("registry.example:5000", "registry.example/app", false)]
    [InlineData("https://index.docker.io/v1/", "nginx", true)]
    [InlineData("index.docker.io", "someone/nginx:1", true)]
    [InlineData("docker.io/library", "nginx@sha256:00", true)]
    [InlineData("https://index.docker.io/v1/", "registry.example/nginx", false)]
    public void Lookup_OfAPattern_MatchesAsTheKubeletDoes(string registry, string image, bool found)
    {
        var keyring = new Keyring([Secret("{\"" + registry + "\":{\"username\":\"u\",\"password\":\"p\"}}")]);

        Assert.Equal(found ? [new RegistryCredential("u", "p")] : [], keyring.Lookup(ImageName.Repository(image)));
    }

    [Fact]
    public void Lookup_SeveralThatMatch_GivesTheMoreExactFirst()
    {
        var keyring = new Keyring([
            Secret("""{"r.example":{"username":"host","password":"p"}}"""),
            Secret("""{"r.example/a/b":{"username":"path","password":"p"},"r.example/a":{"auth":"c2hvcnQ6cDpx"}}""")]);

        Assert.Equal(["path", "short", "host"], keyring.Lookup("r.example/a/b/c").Select(c => c.Username));
        Assert.Equal("p:q", keyring.Lookup("r.example/a/b/c")[1].Password);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"r.example":5}""")]
    [InlineData("""{"r.example":{"auth":"!"}}""")]
    [InlineData("""{"r.example":{"auth":"bm9jb2xvbg=="}}""")]
    public void Keyring_OfAMalformedSecret_SaysWhichAndNothingOfIt(string config)
    {
        var error = Assert.Throws<FormatException>(() => new Keyring([Secret(config)]));

        Assert.Equal("Secret shop/pull is not a valid kubernetes.io/dockercfg", error.Message);
    }

    private static V1Secret Secret(string config) => new()
    {
        Metadata = new V1ObjectMeta { Name = "pull", NamespaceProperty = "shop" },
        Type = "kubernetes.io/dockercfg",
        Data = new Dictionary<string, byte[]> { [".dockercfg"] = Encoding.UTF8.GetBytes(config) },
    };
}
