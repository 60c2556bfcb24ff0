using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Spec;

public sealed class PlatformFileTests
{
    [Fact]
    public void Parse_Minimal_HasTheDefaults()
    {
        var spec = Sample.Spec();

        Assert.Equal(("demo", "api.yourcompany.com"), (spec.Name, spec.Hostname));
        Assert.True(spec.Hot.IsEmbedded && spec.Standby.IsEmbedded);
        Assert.Equal(["hot", "standby"], spec.Clusters.Select(c => c.Name));
        Assert.Equal(
            new LoadBalancerSpec(
                null,
                new HealthCheckSpec("/health", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3), 3, 2),
                TimeSpan.FromSeconds(30),
                new FailbackSpec(true, null),
                53,
                8053),
            spec.LoadBalancer);
        Assert.Equal(("tandem0", "10.77.0.1"), (spec.Network.Bridge, spec.Network.Host));
        Assert.Empty(spec.Apps);
        Assert.Empty(spec.Images);
    }

    [Fact]
    public void Parse_EveryField_IsRead()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "hot.kubeconfig", "standby.kubeconfig", "token", "app.yaml" })
            File.WriteAllText(folder.File(name), "");

        var spec = PlatformFile.Parse(
            """
            apiVersion: tandem.dev/v1alpha1
            kind: Platform
            metadata: { name: prod-1 }
            spec:
              hostname: shop.example.co.uk
              clusters:
                hot: { kubeconfig: ./hot.kubeconfig, context: eu-west }
                standby: { kubeconfig: standby.kubeconfig }
              loadBalancer:
                cloudflare:
                  accountId: 0123456789abcdef0123456789abcdef
                  zoneId: fedcba9876543210fedcba9876543210
                  apiTokenFrom: { file: token }
                  baseUrl: http://127.0.0.1:8053/client/v4
                healthCheck: { path: /ready?deep=1, interval: 1m, timeout: 5s, failureThreshold: 2, successThreshold: 4 }
                ttl: 2000ms
                proxied: true
                sessionAffinity: cookie
                failback: { after: 1.5h }
              apps: [ app.yaml ]
              images: { 'nginx:1': { build: nginx } }
              network: { bridge: tan1, range: 10.9.0.0/26 }
            """,
            folder.File("platform.yaml"),
            Sample.Recipes);

        Assert.Equal(new ClusterSpec("hot", folder.File("hot.kubeconfig"), "eu-west"), spec.Hot);
        Assert.Equal(new ClusterSpec("standby", folder.File("standby.kubeconfig"), null), spec.Standby);
        Assert.Equal(
            new CloudflareSpec(
                "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210", null, folder.File("token"), new Uri("http://127.0.0.1:8053/client/v4")),
            spec.LoadBalancer.Cloudflare);
        Assert.Equal(new HealthCheckSpec("/ready?deep=1", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), 2, 4), spec.LoadBalancer.HealthCheck);
        Assert.Equal(TimeSpan.FromSeconds(2), spec.LoadBalancer.Ttl);
        Assert.Equal(new FailbackSpec(false, TimeSpan.FromMinutes(90)), spec.LoadBalancer.Failback);
        Assert.Equal((true, "cookie"), (spec.LoadBalancer.Proxied, spec.LoadBalancer.SessionAffinity));
        Assert.Equal([folder.File("app.yaml")], spec.Apps);
        Assert.Equal("nginx", spec.Images["nginx:1"]);
        Assert.Equal(("tan1", "10.9.0.11"), (spec.Network.Bridge, spec.Network.Address(11)));
    }

    [Fact]
    public void Parse_EmbeddedPortsAndManual_AreRead()
    {
        var spec = Sample.Parse(Sample.Minimal.Replace("    embedded: {}\n", "    embedded: { dnsPort: 1053, apiPort: 18053, nameServers: 3 }\n    failback: manual\n", StringComparison.Ordinal));

        Assert.Equal((1053, 18053, 3), (spec.LoadBalancer.DnsPort, spec.LoadBalancer.ApiPort, spec.LoadBalancer.NameServers));
        Assert.Equal(new FailbackSpec(false, null), spec.LoadBalancer.Failback);
    }

    [Theory]
    [InlineData("nameServers: 5", "spec.loadBalancer.embedded.nameServers: '5' must be a whole number from 1 to 4")]
    [InlineData("nameServers: 0", "spec.loadBalancer.embedded.nameServers: '0' must be a whole number from 1 to 4")]
    [InlineData("nameServers: 2, apiPort: 65535", "spec.loadBalancer.embedded.apiPort: '65535' leaves no ports for the APIs of 2 name servers")]
    public void Parse_NameServersThatCannotBe_IsReported(string fields, string message) => Assert.Contains(
        message, Assert.Single(Sample.Errors(Sample.Minimal.Replace("    embedded: {}\n", $"    embedded: {{ {fields} }}\n", StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public void Parse_SeveralMistakes_ReportsAllWithTheirPlaces() => Assert.Equal(
        [
            "platform.yaml:1:13: apiVersion: 'tandem.dev/v9' is not known; this Tandem reads tandem.dev/v1alpha1",
            "platform.yaml:2:7: kind: 'Platfrom' must be Platform",
            "platform.yaml:3:19: metadata.name: 'Demo_1' must be lower-case letters, digits and '-', at most 20 characters, beginning and ending with a letter or digit",
            "platform.yaml:5:13: spec.hostname: 'localhost' must be a host name such as api.example.com",
            "platform.yaml:7:5: spec.clusters.standby: is required: { embedded: {} } or { kubeconfig: FILE, context: NAME }",
            "platform.yaml:7:10: spec.clusters.hot: needs either embedded or kubeconfig",
            "platform.yaml:8:5: unknown field 'spare' in spec.clusters; known: hot, standby",
            "platform.yaml:11:30: spec.loadBalancer.healthCheck.interval: '5' must be a duration such as 10s, 5m or 1h",
            "platform.yaml:11:51: spec.loadBalancer.healthCheck.failureThreshold: '0' must be a whole number from 1 to 10",
            "platform.yaml:12:15: spec.loadBalancer.failback: 'sometimes' must be automatic, manual or { after: DURATION }",
            "platform.yaml:13:11: spec.apps[0]: './nothing-here' does not exist (looked for " + Path.GetFullPath("nothing-here") + ")",
        ],
        Sample.Errors("""
            apiVersion: tandem.dev/v9
            kind: Platfrom
            metadata: { name: Demo_1 }
            spec:
              hostname: localhost
              clusters:
                hot: { embedded: {}, kubeconfig: . }
                spare: { embedded: {} }
              loadBalancer:
                embedded: {}
                healthCheck: { interval: 5, failureThreshold: 0 }
                failback: sometimes
              apps: [ ./nothing-here ]
            """));

    [Theory]
    [InlineData("    embeded: {}", "platform.yaml:12:5: unknown field 'embeded' in spec.loadBalancer; known: cloudflare, embedded, failback, healthCheck, notifications, proxied, sessionAffinity, ttl")]
    [InlineData("    cloudflare: { accountId: x }", "platform.yaml:10:5: spec.loadBalancer: needs either embedded or cloudflare")]
    [InlineData("    proxied: yes", "platform.yaml:12:14: spec.loadBalancer.proxied: 'yes' must be true or false")]
    [InlineData("    sessionAffinity: cookie", "platform.yaml:12:22: spec.loadBalancer.sessionAffinity: needs proxied: true")]
    [InlineData("    sessionAffinity: ip_cookie", "platform.yaml:12:22: spec.loadBalancer.sessionAffinity: 'ip_cookie' must be none or cookie")]
    [InlineData("    ttl: 0s", "platform.yaml:12:10: spec.loadBalancer.ttl: '0s' must be from 1s to 86400s")]
    [InlineData("    ttl: 999999999h", "platform.yaml:12:10: spec.loadBalancer.ttl: '999999999h' must be from 1s to 86400s")]
    [InlineData("    ttl: 1500ms", "platform.yaml:12:10: spec.loadBalancer.ttl: '1500ms' must be whole seconds: load balancers count in them")]
    [InlineData("    ttl: [1s]", "platform.yaml:12:10: spec.loadBalancer.ttl: must be a single value")]
    [InlineData("    healthCheck: { interval: 2s, timeout: 3s }", "platform.yaml:12:43: spec.loadBalancer.healthCheck.timeout: must not be longer than the interval")]
    [InlineData("    healthCheck: yes", "platform.yaml:12:18: spec.loadBalancer.healthCheck: must be a mapping")]
    [InlineData("    healthCheck: { successThreshold: {} }", "platform.yaml:12:38: spec.loadBalancer.healthCheck.successThreshold: must be a single value")]
    [InlineData("    failback: { after: 10m, by: hand }", "platform.yaml:12:29: unknown field 'by' in spec.loadBalancer.failback; known: after")]
    [InlineData("    failback: { before: 10m }", "platform.yaml:12:17: unknown field 'before' in spec.loadBalancer.failback; known: after")]
    [InlineData("    failback: {}", "platform.yaml:12:15: spec.loadBalancer.failback.after: is required")]
    [InlineData("  images: { x: { build: apache } }", "platform.yaml:12:25: spec.images[x].build: 'apache' cannot be built; there are: nginx, whoami")]
    [InlineData("  images: { ? [a] : { build: nginx } }", "platform.yaml:12:15: a key must be a text")]
    [InlineData("  apps: ./apps", "platform.yaml:12:9: spec.apps: must be a list")]
    [InlineData("  apps: [ \"a\\0b\" ]", "platform.yaml:12:11: spec.apps[0]: must be a path")]
    [InlineData("  network: { range: 10.0.0.0/8 }", "platform.yaml:12:21: spec.network.range: '10.0.0.0/8' must be an IPv4 range of /16 to /27, such as 10.77.0.0/24")]
    [InlineData("  hostname: again.example.com", "platform.yaml:12:3")]
    [InlineData("  apps: *nowhere", "platform.yaml:12:9")]
    [InlineData("---\na: b", "platform.yaml:1:1: must hold one document, not 2")]
    public void Parse_Mistake_SaysWhereAndWhat(string line, string message) =>
        Assert.Contains(Sample.Errors(Sample.Minimal + "\n" + line), e => e.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("{ }", "needs either embedded or kubeconfig")]
    [InlineData("{ embedded: {}, kubeconfig: . }", "needs either embedded or kubeconfig")]
    [InlineData("{ embedded: {}, context: x }", "goes with kubeconfig only")]
    [InlineData("{ embedded: { size: big } }", "unknown field 'size' in spec.clusters.hot.embedded")]
    [InlineData("{ kubeconfig: nowhere.yaml }", "'nowhere.yaml' does not exist")]
    public void Parse_Cluster_IsEmbeddedOrHasAKubeconfig(string hot, string message) => Assert.Contains(
        message, Assert.Single(Sample.Errors(Sample.Minimal.Replace("hot: { embedded: {} }", "hot: " + hot, StringComparison.Ordinal))), StringComparison.Ordinal);

    [Theory]
    [InlineData("apiTokenFrom: { env: X, file: platform.yaml }", "needs either env or file")]
    [InlineData("apiTokenFrom: secret", "needs either env or file")]
    [InlineData("accountId: 1", "must be 32 hexadecimal digits")]
    [InlineData("baseUrl: file:///etc/passwd", "must be a URL that begins with https:// or http://")]
    public void Parse_CloudflareMistake_IsReported(string field, string message) => Assert.Contains(
        Sample.Errors(Sample.Minimal.Replace("    embedded: {}\n", $"    cloudflare: {{ {field} }}\n", StringComparison.Ordinal)),
        e => e.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Parse_Notifications_AreReadWithWhereTheirSecretsAre()
    {
        var text = Sample.Minimal.Replace(
            "    embedded: {}\n", "    embedded: {}\n    notifications: [ { url: 'https://example.com/hook', secretFrom: { env: KEY } }, { url: 'http://10.0.0.1/' } ]\n",
            StringComparison.Ordinal);

        Assert.Equal(
            [new NotificationSpec(new Uri("https://example.com/hook"), "KEY", null), new NotificationSpec(new Uri("http://10.0.0.1/"), null, null)],
            PlatformFile.Parse(text, "platform.yaml", Sample.Recipes).LoadBalancer.Notifications);
    }

    [Theory]
    [InlineData("{ url: 'ftp://example.com' }", "must be a URL that begins with https:// or http://")]
    [InlineData("{ secretFrom: { env: KEY } }", "must be a URL that begins with https:// or http://")]
    [InlineData("{ url: 'https://me:secret@example.com' }", "must not hold a user name or password")]
    [InlineData("{ url: 'https://example.com', secretFrom: secret }", "needs either env or file")]
    [InlineData("{ url: 'https://example.com', secretFrom: { env: X, file: platform.yaml } }", "needs either env or file")]
    [InlineData("{ url: 'https://example.com' }, { url: 'https://example.com' }", "names a URL twice")]
    public void Parse_NotificationMistake_IsReported(string entries, string message) => Assert.Contains(
        Sample.Errors(Sample.Minimal.Replace("    embedded: {}\n", $"    embedded: {{}}\n    notifications: [ {entries} ]\n", StringComparison.Ordinal)),
        e => e.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("[]")]
    [InlineData("text")]
    [InlineData("{")]
    [InlineData("a: &a [*a]")]
    [InlineData("? &a [*a]\n: b")]
    public void Parse_NotAPlatformFile_IsInvalid(string text) => Assert.NotEmpty(Sample.Errors(text));

    [Fact]
    public void Parse_EndlesslyDeep_IsInvalid()
    {
        Assert.Contains("nested more than 100 deep", Assert.Single(Sample.Errors(new string('[', 500_000))), StringComparison.Ordinal);
        Assert.Contains("nested more than 100 deep", Assert.Single(Sample.Errors(string.Concat(Enumerable.Repeat("- ", 2_000)))), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TooLarge_IsInvalid()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("platform.yaml"), Sample.Minimal + "#" + new string('x', 1024 * 1024));

        var error = Assert.Throws<InvalidSpecException>(() => PlatformFile.Load(folder.File("platform.yaml"), Sample.Recipes));
        Assert.Contains("larger than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ShippedFile_IsValid()
    {
        var spec = PlatformFile.Load(Path.Combine(Sample.Root, "platform.yaml"), Sample.Recipes);

        Assert.Equal(("demo", "api.yourcompany.com", true), (spec.Name, spec.Hostname, spec.LoadBalancer.Failback.Automatic));
        Assert.Equal([Path.Combine(Sample.Root, "apps")], spec.Apps);
    }
}
