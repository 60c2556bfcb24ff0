using System.Diagnostics;
using System.Net;
using Tandem.Processes;

namespace Tandem.Bench;

/// <summary>Debian's gdnsd with failover between two addresses, checked as ours are: every 10 s, three failures down.</summary>
internal sealed class GdnsdProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-gdnsd-").FullName;

    private GdnsdProcess(string resources, IEnumerable<string> records, int healthPort)
    {
        Port = Ports.Free();
        foreach (var name in new[] { "zones", "run", "state" })
            Directory.CreateDirectory(Path.Combine(_folder, name));
        File.WriteAllText(Path.Combine(_folder, "config"), $$"""
            options => {
              listen => 127.0.0.1:{{Port}}
              run_dir => {{_folder}}/run
              state_dir => {{_folder}}/state
            }
            service_types => {
              web => { plugin => http_status, port => {{healthPort}}, url_path => /health, interval => 10, timeout => 3, up_thresh => 2, ok_thresh => 2, down_thresh => 3 }
            }
            plugins => { simplefo => { service_types => [ web ] {{resources}} } }
            """);
        File.WriteAllLines(
            Path.Combine(_folder, "zones", "example.com"),
            ["@ SOA ns1 hostmaster 1 7200 30M 3D 900", "@ NS ns1", "ns1 A 127.0.0.1", .. records]);
        Process = ProcessRunner.StartInherited(new Processes.Command("/usr/sbin/gdnsd", ["-c", _folder, "start"]));
    }

    public int Port { get; }

    public Process Process { get; }

    /// <summary>One service under any number of names.</summary>
    public static GdnsdProcess OneService(IPAddress hot, IPAddress standby, int healthPort, int names) => new(
        $"service => {{ primary => {hot}, secondary => {standby} }}",
        Enumerable.Range(0, names).Select(i => $"host{i} 30 DYNA simplefo!service"),
        healthPort);

    /// <summary>A service a hot host, all with the same standby, under host0 and so on.</summary>
    public static GdnsdProcess Services(IReadOnlyList<IPAddress> hot, IPAddress standby, int healthPort) => new(
        string.Join(' ', hot.Select((address, i) => $"service{i} => {{ primary => {address}, secondary => {standby} }}")),
        hot.Select((_, i) => $"host{i} 30 DYNA simplefo!service{i}"),
        healthPort);

    public async ValueTask DisposeAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
