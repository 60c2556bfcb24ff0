using System.Net;
using System.Net.Sockets;
using Tandem.Ingress.Nginx;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Tests;

/// <summary>A folder and free ports for an nginx of a test's own.</summary>
internal sealed class NginxFolder : IDisposable
{
    public NginxFolder()
    {
        (HttpPort, HttpsPort) = (FreePort(), FreePort());
        var settings = new NginxSettings(Path, $"127.0.0.1:{HttpPort}", $"127.0.0.1:{HttpsPort}", Path + "/access.log", 2);
        Options = new NginxOptions("nginx", settings, TimeSpan.FromSeconds(10));
        Loader = new ConfigurationLoader(Options, Process = new NginxProcess(Options, Log, TimeProvider.System), Log, TimeProvider.System);
    }

    // Workers give up root, and have to reach their folders for temporary files.
    public string Path { get; } = Readable(Directory.CreateTempSubdirectory("tandem-ingress-").FullName);

    public int HttpPort { get; }

    public int HttpsPort { get; }

    public NginxOptions Options { get; }

    public ControllerLog Log { get; } = new(TextWriter.Synchronized(TextWriter.Null), TimeProvider.System);

    public NginxProcess Process { get; }

    public ConfigurationLoader Loader { get; }

    public Task PrepareAsync() => Loader.PrepareAsync(CancellationToken.None);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Readable(string folder)
    {
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        return folder;
    }
}
