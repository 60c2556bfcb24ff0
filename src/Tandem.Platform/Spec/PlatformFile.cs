using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Tandem.Platform.Spec;

/// <summary>Reads platform.yaml. See docs/platform-file.md.</summary>
public static partial class PlatformFile
{
    /// <summary>The version of the format.</summary>
    public const string ApiVersion = "tandem.dev/v1alpha1";

    /// <summary>The hot cluster has the eleventh address of the network; these have the first ones.</summary>
    private const int MostNameServers = 4;

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file; relative paths in it are relative to its folder.</param>
    /// <param name="recipes">The names of images that can be built.</param>
    /// <exception cref="InvalidSpecException">It has mistakes: all of them are in the exception.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PlatformSpec Load(string path, IReadOnlyCollection<string> recipes) => SpecFile.Load(path, root => Read(root, FolderOf(path), recipes));

    /// <inheritdoc cref="Load"/>
    /// <param name="text">The file's content.</param>
    /// <param name="path">The file's name, for messages and relative paths.</param>
    /// <param name="recipes">The names of images that can be built.</param>
    public static PlatformSpec Parse(string text, string path, IReadOnlyCollection<string> recipes) =>
        SpecFile.Parse(text, path, root => Read(root, FolderOf(path), recipes));

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static PlatformSpec Read(SpecNode root, string folder, IReadOnlyCollection<string> recipes)
    {
        SpecFile.ReadKind(root, "Platform");
        var metadata = root.Field("metadata");
        var name = metadata.Field("name").Matching(Label(), "must be lower-case letters, digits and '-', at most 20 characters, beginning and ending with a letter or digit");
        metadata.Close();

        var spec = root.Field("spec");
        var clusters = spec.Field("clusters");
        var result = ReadinessFields.Read(spec, new PlatformSpec(
            name,
            spec.Field("hostname").Matching(Host(), "must be a host name such as api.example.com"),
            Cluster(clusters.Field("hot"), "hot", folder),
            Cluster(clusters.Field("standby"), "standby", folder),
            LoadBalancer(spec.Field("loadBalancer"), folder),
            [.. spec.Field("apps").Items().Select(a => SpecFile.Existing(a, folder))],
            Images(spec.Field("images"), folder, recipes),
            Network(spec.Field("network")))
        {
            Safety = SafetyFields.Read(spec.Field("safety")),
        });
        clusters.Close();
        spec.Close();
        root.Close();
        return result;
    }

    private static ClusterSpec Cluster(SpecNode node, string name, string folder)
    {
        var embedded = node.Field("embedded");
        var kubeconfig = node.Field("kubeconfig");
        var context = node.Field("context");
        if (!node.IsPresent)
            node.Error("is required: { embedded: {} } or { kubeconfig: FILE, context: NAME }");
        else if (embedded.IsPresent == kubeconfig.IsPresent)
            node.Error("needs either embedded or kubeconfig");
        else if (embedded.IsPresent && context.IsPresent)
            context.Error("goes with kubeconfig only");
        embedded.Close();
        node.Close();
        return kubeconfig.IsPresent
            ? new ClusterSpec(name, SpecFile.Existing(kubeconfig, folder), context.IsPresent ? context.Text() : null)
            : new ClusterSpec(name, null, null);
    }

    private static LoadBalancerSpec LoadBalancer(SpecNode node, string folder)
    {
        var embedded = node.Field("embedded");
        var cloudflare = node.Field("cloudflare");
        if (node.IsPresent && embedded.IsPresent == cloudflare.IsPresent)
            node.Error("needs either embedded or cloudflare");
        var dnsPort = embedded.Field("dnsPort").Number(53, 1, 65535);
        var apiPort = embedded.Field("apiPort").Number(8053, 1, 65535);
        var nameServers = embedded.Field("nameServers").Number(1, 1, MostNameServers);
        if (apiPort + nameServers - 1 > 65535)
            embedded.Field("apiPort").Error($"'{apiPort}' leaves no ports for the APIs of {nameServers} name servers");
        embedded.Close();

        var check = node.Field("healthCheck");
        var result = new LoadBalancerSpec(
            cloudflare.IsPresent ? Cloudflare(cloudflare, folder) : null,
            new HealthCheckSpec(
                check.Field("path").Matching(UrlPath(), "must begin with '/'", "/health"),
                check.Field("interval").Duration(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
                check.Field("timeout").Duration(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
                check.Field("failureThreshold").Number(3, 1, 10),
                check.Field("successThreshold").Number(2, 1, 10)),
            node.Field("ttl").Duration(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Failback(node.Field("failback")),
            dnsPort,
            apiPort)
        {
            Notifications = NotificationFields.Read(node.Field("notifications"), field => SpecFile.Existing(field, folder)),
            NameServers = nameServers,
            Proxied = node.Field("proxied").Flag(),
            SessionAffinity = node.Field("sessionAffinity").Text("none"),
        };
        if (result.SessionAffinity is not ("none" or "cookie"))
            node.Field("sessionAffinity").Error($"'{result.SessionAffinity}' must be none or cookie");
        else if (result is { Proxied: false, SessionAffinity: not "none" })
            node.Field("sessionAffinity").Error("needs proxied: true");
        if (result is { Proxied: true, NameServers: > 1 })
            node.Field("proxied").Error("needs embedded.nameServers: 1, since requests go through one server");
        if (cloudflare.IsPresent && result.Notifications.Count > 0)
            node.Field("notifications").Error("goes with embedded only: Cloudflare has notifications of its own");
        if (result.HealthCheck.Timeout > result.HealthCheck.Interval)
            check.Field("timeout").Error("must not be longer than the interval");
        check.Close();
        node.Close();
        return result;
    }

    private static CloudflareSpec Cloudflare(SpecNode node, string folder)
    {
        var from = node.Field("apiTokenFrom");
        var environment = from.Field("env");
        var file = from.Field("file");
        if (environment.IsPresent == file.IsPresent)
            from.Error("needs either env or file: a token never stands in the platform file itself");
        from.Close();
        var baseUrl = node.Field("baseUrl");
        Uri? url = null;
        if (baseUrl.IsPresent && !(Uri.TryCreate(baseUrl.Text(), UriKind.Absolute, out url) && url.Scheme is ("https" or "http")))
            baseUrl.Error($"'{baseUrl.Text()}' must be a URL that begins with https:// or http://");
        var result = new CloudflareSpec(
            node.Field("accountId").Matching(Id(), "must be 32 hexadecimal digits"),
            node.Field("zoneId").Matching(Id(), "must be 32 hexadecimal digits"),
            environment.IsPresent ? environment.Text() : null,
            file.IsPresent ? SpecFile.Existing(file, folder) : null,
            url);
        node.Close();
        return result;
    }

    private static FailbackSpec Failback(SpecNode node)
    {
        var after = node.Field("after");
        if (node.IsMapping)
        {
            if (!after.IsPresent)
                after.Error("is required");
            var time = after.Duration(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
            node.Close();
            return new FailbackSpec(false, time);
        }

        var text = node.Text("automatic");
        if (text is not ("automatic" or "manual"))
            node.Error($"'{text}' must be automatic, manual or {{ after: DURATION }}");
        return new FailbackSpec(text != "manual", null);
    }

    private static Dictionary<string, string> Images(SpecNode node, string folder, IReadOnlyCollection<string> recipes)
    {
        var images = new Dictionary<string, string>();
        foreach (var (name, value) in node.Fields())
        {
            var (build, recipe) = (value.Field("build"), value.Field("recipe"));
            if (build.IsPresent == recipe.IsPresent)
                value.Error("needs either build or recipe");
            else if (build.IsPresent && build.Text() is var known && !recipes.Contains(known))
                build.Error($"'{known}' cannot be built; there are: {string.Join(", ", recipes.Order(StringComparer.Ordinal))}");
            images[name] = recipe.IsPresent ? SpecFile.Existing(recipe, folder) : build.Text("");
            value.Close();
        }

        return images;
    }

    private static NetworkSpec Network(SpecNode node)
    {
        var range = node.Field("range");
        var network = IPNetwork.Parse("10.77.0.0/24");
        if (range.IsPresent && (!IPNetwork.TryParse(range.Text(), out network) || network.BaseAddress.AddressFamily != AddressFamily.InterNetwork || network.PrefixLength is < 16 or > 27))
        {
            range.Error($"'{range.Text()}' must be an IPv4 range of /16 to /27, such as 10.77.0.0/24");
            network = IPNetwork.Parse("10.77.0.0/24");
        }

        var result = new NetworkSpec(node.Field("bridge").Matching(Bridge(), "must be 1 to 7 lower-case letters and digits", "tandem0"), network);
        node.Close();
        return result;
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A(?=.{4,253}\z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"\A/[!-~]{0,1023}\z")]
    private static partial Regex UrlPath();

    [GeneratedRegex(@"\A[0-9a-f]{32}\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[a-z][a-z0-9]{0,6}\z")]
    private static partial Regex Bridge();
}
