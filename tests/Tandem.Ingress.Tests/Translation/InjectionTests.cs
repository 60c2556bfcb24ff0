using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using k8s.Models;
using Tandem.Ingress.Nginx;
using Tandem.Ingress.Translation;
using Tandem.Processes;

namespace Tandem.Ingress.Tests.Translation;

/// <summary>Nothing that stands in an object may become a directive of nginx.</summary>
public class InjectionTests
{
    private static readonly NginxSettings Settings = new("/tmp/ingress", "8080", "8443", "/dev/stdout", 2);

    // What the translator writes into the blocks that objects give rise to, and where a hostile text may turn up.
    private static readonly string[] Known =
        ["upstream", "server", "keepalive", "keepalive_timeout", "listen", "server_name", "ssl_certificate", "ssl_certificate_key", "location", "if", "return", "proxy_pass", "access_log"];

    private static readonly Gen<string> Hostile = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Where(s => s is not null),
        Gen.Elements(
            "/x;", "a;}", "/\"", "/'", "/a{b", "/$request_uri", "/#", "/\\", "/a b", "/a\nreturn 200;", "a.b\n", "*.*", "*.a", "..", "/%0a", "/a\0", "x\"; load_module y; #"),
        Gen.ListOf(Gen.Elements("/", "a", ".", "*", ";", "{", "}", "\"", "'", "\\", "$", "#", " ", "\n", "\r", "\t", "é", "-", "0", "~", "=", "^"))
            .Select(parts => string.Concat(parts)));

    // One field at a time is hostile: were all, the first one that is found out would hide what the others can do.
    private static readonly Gen<string[]> Texts =
        from hostile in Hostile
        from field in Gen.Choose(0, 4)
        select new[] { "ok.example", "/ok", "web", "tls", "ok" }.Select((valid, i) => i == field ? hostile : valid).ToArray();

    [Property(MaxTest = 1000)]
    public Property From_AnyText_NeverGivesAnotherDirective() => Prop.ForAll(
        Texts.ToArbitrary(), // host, path, service, secret, annotation
        texts =>
        {
            var snapshot = Hostiles(texts[0], texts[1], texts[2], texts[3], texts[4]);
            var configuration = IngressConfiguration.From(snapshot);
            var directives = Tokens.Directives(Part(NginxConfiguration.Render(configuration, Settings).Text));

            Assert.All(directives, d => Assert.Contains(d, Known));
            // The catch-all, the control socket, the Ingress that is always good, and at most the hostile one.
            Assert.InRange(configuration.Servers.Count, 2, 3);
            Assert.Equal(2 * configuration.Servers.Count + 1, directives.Count(d => d == "listen"));
            Assert.Contains(configuration.Servers, s => s.Host == "good.example");
        });

    [Fact]
    public async Task Render_AcceptedOddTexts_PassNginxsOwnTest()
    {
        using var folder = new NginxFolder();
        string[] hosts = ["*.a", "a", new string('a', 63) + ".example", "xn--bcher-kva.example", string.Join('.', Enumerable.Repeat(new string('b', 62), 4))];
        string[] paths = ["/", "/~", "/*", "/a=b&c,d!e:@+", "/-/._~", "/" + new string('p', 1023), "/a/", "/:80/*.x"];
        var ingresses = hosts.SelectMany((h, i) => paths.Select((p, j) => Objects.Ingress($"i{i}-{j}", h, "web", p, j % 2 == 0 ? "Prefix" : "Exact"))).ToList();
        var configuration = IngressConfiguration.From(Objects.Snapshot([Objects.Class, Objects.Service("web"), Objects.Endpoints("web", 9), .. ingresses]));

        Assert.Empty(configuration.Problems);
        await folder.PrepareAsync();
        var file = Path.Combine(folder.Path, "test.conf");
        await File.WriteAllTextAsync(file, NginxConfiguration.Render(configuration, folder.Options.Settings).Text);
        await ProcessRunner.RunCheckedAsync(NginxProcess.Command(folder.Options, file, "-t", "-q"));
    }

    private static ClusterSnapshot Hostiles(string host, string path, string service, string secret, string annotation)
    {
        var hostile = Objects.Ingress("hostile", host, service, path, tlsSecret: secret);
        hostile.Metadata.Annotations = new Dictionary<string, string> { ["nginx.ingress.kubernetes.io/" + annotation] = annotation };
        hostile.Spec.Rules[0].Http.Paths.Add(new V1HTTPIngressPath
        {
            Path = path,
            PathType = "Exact",
            Backend = new V1IngressBackend
            {
                Service = new V1IngressServiceBackend { Name = "web", Port = new V1ServiceBackendPort { Name = annotation } },
            },
        });
        var slice = Objects.Endpoints("web", 80);
        slice.Endpoints.Add(new V1Endpoint { Addresses = [host, path] });
        return Objects.Snapshot([Objects.Class, Objects.Service("web"), slice, hostile, Objects.Ingress("good", "good.example", "web")]);
    }

    private static string Part(string text) => text[text.IndexOf("    upstream ", StringComparison.Ordinal)..].TrimEnd().TrimEnd('}');
}
