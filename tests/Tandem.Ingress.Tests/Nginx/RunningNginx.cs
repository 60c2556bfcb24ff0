using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Tests.Nginx;

/// <summary>The real nginx, run and fed as the controller does it.</summary>
internal sealed class RunningNginx : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private RunningNginx(NginxFolder folder)
    {
        Folder = folder;
        _running = folder.Process.RunAsync(_stop.Token);
    }

    public NginxFolder Folder { get; }

    public static async Task<RunningNginx> StartAsync(IngressConfiguration configuration)
    {
        var folder = new NginxFolder();
        await folder.PrepareAsync();
        await folder.Loader.LoadAsync(configuration, CancellationToken.None);
        var nginx = new RunningNginx(folder);
        await nginx.ServesAsync();
        return nginx;
    }

    /// <summary>Waits until nginx answers, at most 10 s.</summary>
    public async Task ServesAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await Folder.Loader.ServedGenerationAsync(limit.Token) is null)
            await Task.Yield();
    }

    public Task LoadAsync(IngressConfiguration configuration) => Folder.Loader.LoadAsync(configuration, CancellationToken.None);

    /// <summary>A client that connects here whatever name it asks for, and accepts any certificate but remembers it.</summary>
    public HttpClient Client(Action<System.Security.Cryptography.X509Certificates.X509Certificate2>? certificate = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (context, token) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync("127.0.0.1", context.DnsEndPoint.Port == 443 ? Folder.HttpsPort : Folder.HttpPort, token);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = (_, c, _, _) =>
            {
                certificate?.Invoke((System.Security.Cryptography.X509Certificates.X509Certificate2)c!);
                return true;
            },
        },
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Assert.Empty(Tandem.Ingress.Nginx.Leftovers.Find(Folder.Path));
        Folder.Dispose();
        _stop.Dispose();
    }
}
