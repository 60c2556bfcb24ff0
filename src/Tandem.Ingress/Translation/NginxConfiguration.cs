using System.Security.Cryptography;
using System.Text;

namespace Tandem.Ingress.Translation;

/// <summary>Renders a configuration as nginx.conf.</summary>
internal static class NginxConfiguration
{
    private const string GenerationMark = "@generation@";

    /// <summary>The name of the default certificate's file.</summary>
    public const string DefaultCertificate = "default";

    /// <summary>The whole file, and the digest by which a running nginx says which one it has loaded.</summary>
    public static (string Text, string Generation) Render(IngressConfiguration configuration, NginxSettings settings)
    {
        var text = new ConfigurationText();
        NginxPreamble.Process(text, settings);
        text.Block("http", () =>
        {
            NginxPreamble.Http(text, settings);
            foreach (var upstream in configuration.Upstreams)
                Upstream(text, upstream);
            Control(text, settings);
            foreach (var server in configuration.Servers)
                Server(text, server, configuration.CanServe, settings);
        });

        var whole = text.ToString();
        var generation = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..16];
        return (whole.Replace(GenerationMark, generation, StringComparison.Ordinal), generation);
    }

    public static string CertificateFile(string folder, string name) => Path.Combine(folder, "certificates", name + ".pem");

    public static string ControlSocket(string folder) => Path.Combine(folder, "control.sock");

    private static void Upstream(ConfigurationText text, Upstream upstream) =>
        text.Block($"upstream {ConfigurationText.Quote(upstream.Name)}", () =>
        {
            // max_fails=0: Kubernetes says which pods are ready. Counting failures here too would, once every pod had
            // failed a request, turn away all requests for fail_timeout with "no live upstreams".
            foreach (var endpoint in upstream.Endpoints)
                text.Line($"server {endpoint} max_fails=0;");
            text.Line("keepalive 32;");
            text.Line("keepalive_timeout 30s;");
        });

    private static void Control(ConfigurationText text, NginxSettings settings) => text.Block("server", () =>
    {
        text.Line($"listen unix:{ControlSocket(settings.Folder)};");
        text.Line("access_log off;");
        text.Line($"return 200 {GenerationMark};");
    });

    private static void Server(ConfigurationText text, Server server, bool canServe, NginxSettings settings) => text.Block("server", () =>
    {
        var mark = server.Host is null ? " default_server" : "";
        text.Line($"listen {settings.HttpListen}{mark};");
        text.Line($"listen {settings.HttpsListen} ssl http2{mark};");
        text.Line($"server_name {ServerName(server.Host)};");
        var certificate = CertificateFile(settings.Folder, server.Certificate?.Name ?? DefaultCertificate);
        text.Line($"ssl_certificate {certificate};");
        text.Line($"ssl_certificate_key {certificate};");
        foreach (var (match, route) in Locations.Of(server))
            text.Block($"location {match}", () => Target(text, match, route, canServe));
    });

    private static void Target(ConfigurationText text, LocationMatch match, Route? route, bool canServe)
    {
        if (route is null)
        {
            text.Line(match is { Path: Health.Path, Exact: true } ? (canServe ? "return 200 \"ok\\n\";" : "return 503 \"no backend is ready\\n\";")
                : "return 404 \"default backend - 404\\n\";");
            return;
        }

        if (route.RedirectToHttps)
            text.Line("if ($scheme = http) { return 308 https://$host$request_uri; }");
        text.Line(route.Backend.Endpoints.Count == 0 ? "return 503;" : $"proxy_pass http://{route.Backend.Name};");
    }

    private static string ServerName(string? host) => host switch
    {
        null => "_",
        // nginx's own wildcards span several labels, Kubernetes' only one.
        ['*', '.', .. var parent] => $"\"~^[^.]+\\.{parent.Replace(".", "\\.", StringComparison.Ordinal)}$\"",
        _ => ConfigurationText.Quote(host),
    };
}
