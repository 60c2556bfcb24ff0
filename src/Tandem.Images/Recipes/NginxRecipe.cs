using Tandem.Images.Layers;

namespace Tandem.Images.Recipes;

/// <summary>
/// Debian's nginx as a web server that needs no rights: user 101, port 8080, read-only root with a writable <c>/tmp</c>.
/// As in nginx's own unprivileged image, <c>/etc/nginx/conf.d</c> may be mounted over.
/// </summary>
public static class NginxRecipe
{
    /// <summary>The recipe of <c>tandem.local/nginx</c>.</summary>
    public static ImageRecipe Create() => new(
        "tandem.local/nginx",
        ImageVersion.OfPackage("nginx"),
        [
            CommonLayers.Base,
            CommonLayers.Libraries,
            CommonLayers.Nginx,
            new FilesLayer(
            [
                LayerEntry.Text("etc/nginx/nginx.conf", Configuration),
                LayerEntry.Text("etc/nginx/conf.d/default.conf", DefaultServer),
            ]),
        ],
        ["/usr/sbin/nginx", "-e", "stderr", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"])
    {
        User = 101,
        StopSignal = "SIGQUIT", // nginx's graceful end
    };

    private const string Configuration = """
        worker_processes 1;
        pid /tmp/nginx.pid;
        error_log stderr notice;

        events {
            worker_connections 1024;
        }

        http {
            include /etc/nginx/mime.types;
            default_type application/octet-stream;
            log_format main '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
            access_log /dev/stdout main;
            client_body_temp_path /tmp/client_temp;
            proxy_temp_path /tmp/proxy_temp;
            fastcgi_temp_path /tmp/fastcgi_temp;
            uwsgi_temp_path /tmp/uwsgi_temp;
            scgi_temp_path /tmp/scgi_temp;
            sendfile on;
            server_tokens off;
            keepalive_timeout 65;
            include /etc/nginx/conf.d/*.conf;
        }

        """;

    private const string DefaultServer = """
        server {
            listen 8080;
            server_name localhost;
            root /usr/share/nginx/html;
            index index.html;
        }

        """;
}
