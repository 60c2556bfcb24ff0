namespace Tandem.Ingress.Translation;

/// <summary>The part of nginx.conf that is the same for every cluster.</summary>
internal static class NginxPreamble
{
    public static void Process(ConfigurationText text, NginxSettings settings)
    {
        Lines(text, $$"""
            daemon off;
            worker_processes {{settings.Workers}};
            pid {{settings.Folder}}/nginx.pid;
            error_log stderr warn;
            worker_shutdown_timeout 240s;
            """);
        text.Block("events", () => text.Line("worker_connections 4096;"));
    }

    public static void Http(ConfigurationText text, NginxSettings settings)
    {
        Lines(text, $$$"""
            default_type text/plain;
            server_tokens off;
            server_names_hash_max_size 65536;
            server_names_hash_bucket_size 512;
            variables_hash_max_size 2048;
            client_body_temp_path {{{settings.Folder}}}/body;
            proxy_temp_path {{{settings.Folder}}}/proxy;
            fastcgi_temp_path {{{settings.Folder}}}/fastcgi;
            uwsgi_temp_path {{{settings.Folder}}}/uwsgi;
            scgi_temp_path {{{settings.Folder}}}/scgi;

            # Fields that a client chooses are cut, so that a line stays one line of a sane length.
            map $request_uri $log_uri { "~^(?<log_uri_start>.{0,512})" $log_uri_start; }
            map $http_user_agent $log_agent { "~^(?<log_agent_start>.{0,128})" $log_agent_start; }
            map $host $log_host { "~^(?<log_host_start>.{0,253})" $log_host_start; }
            log_format json escape=json '{"time":"$time_iso8601","remoteAddr":"$remote_addr","method":"$request_method","host":"$log_host",'
                '"uri":"$log_uri","protocol":"$server_protocol","status":"$status","bytes":"$body_bytes_sent","seconds":"$request_time",'
                '"upstream":"$upstream_addr","upstreamStatus":"$upstream_status","upstreamSeconds":"$upstream_response_time",'
                '"requestId":"$request_id_kept","userAgent":"$log_agent"}';
            access_log {{{settings.AccessLog}}} json;

            client_max_body_size 1m;
            client_header_timeout 60s;
            keepalive_timeout 75s;
            keepalive_requests 1000;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_session_cache shared:tls:1m;
            ssl_session_tickets off;

            map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
            map $http_x_request_id $request_id_kept { default $request_id; "~^[A-Za-z0-9._-]{1,64}$" $http_x_request_id; }
            map $scheme $forwarded_port { default 80; https 443; }
            proxy_http_version 1.1;
            proxy_connect_timeout 2s;
            proxy_read_timeout 60s;
            proxy_send_timeout 60s;
            # Requests that may not be repeated are passed on only where none of them was sent, which is nginx's default.
            proxy_next_upstream error timeout;
            proxy_next_upstream_tries 3;
            proxy_next_upstream_timeout 10s;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Request-ID $request_id_kept;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Port $forwarded_port;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header Proxy "";
            """);
    }

    private static void Lines(ConfigurationText text, string lines)
    {
        foreach (var line in lines.Split('\n'))
            text.Line(line);
    }
}
