using System.Collections;
using System.Globalization;
using Tandem.Ingress.Nginx;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress;

/// <summary>The controller's settings.</summary>
/// <param name="Nginx">How nginx is run.</param>
/// <param name="NodeAddress">The address that clients reach this node at, for the status of Ingresses; null writes none.</param>
/// <param name="Instance">This controller's name in events.</param>
internal sealed record ControllerOptions(NginxOptions Nginx, string? NodeAddress, string Instance)
{
    /// <summary>Reads the settings from environment variables; each has a default that fits the image.</summary>
    /// <exception cref="FormatException">A number is none.</exception>
    public static ControllerOptions FromEnvironment(IDictionary variables)
    {
        string Get(string name, string byDefault) => variables[name] is string { Length: > 0 } value ? value : byDefault;
        var settings = new NginxSettings(
            Folder: Get("INGRESS_FOLDER", "/tmp/ingress"),
            HttpListen: Get("INGRESS_HTTP_LISTEN", "8080"),
            HttpsListen: Get("INGRESS_HTTPS_LISTEN", "8443"),
            AccessLog: Get("INGRESS_ACCESS_LOG", "/dev/stdout"),
            Workers: int.Parse(Get("INGRESS_WORKERS", "2"), CultureInfo.InvariantCulture));
        var shutdown = TimeSpan.FromSeconds(int.Parse(Get("INGRESS_SHUTDOWN_SECONDS", "25"), CultureInfo.InvariantCulture));
        return new ControllerOptions(
            new NginxOptions(Get("INGRESS_NGINX", "/usr/sbin/nginx"), settings, shutdown),
            variables["NODE_IP"] as string,
            Get("POD_NAME", Environment.MachineName));
    }
}
