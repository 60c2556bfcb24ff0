using System.Diagnostics;
using System.Globalization;
using System.Net;
using DnsClient;
using Tandem.Host;
using Tandem.LoadBalancer.Tests;
using Tandem.Processes;

namespace Tandem.Cli.Tests;

/// <summary>Debian's unbound as a resolver that knows the name servers of one zone. It keeps no answers, so that each question is asked of a server.</summary>
internal sealed class UnboundProcess : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private UnboundProcess(IReadOnlyList<NameServerPlan> servers)
    {
        Address = new IPEndPoint(IPAddress.Loopback, NameServerPair.FreePorts(1));
        File.WriteAllText(_folder.File("unbound.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            server:
              interface: {Address.Address}@{Address.Port}
              do-ip6: no
              do-daemonize: no
              use-syslog: no
              logfile: ""
              verbosity: 1
              chroot: ""
              username: ""
              pidfile: ""
              directory: "{Path.GetDirectoryName(_folder.File("x"))}"
              num-threads: 1
              module-config: "iterator"
              do-not-query-localhost: no
              cache-max-ttl: 0
              cache-max-negative-ttl: 0
            remote-control:
              control-enable: no
            stub-zone:
              name: "yourcompany.com"
              stub-no-cache: yes
            {string.Join('\n', servers.Select(server => $"  stub-addr: {server.Dns.Address}@{server.Dns.Port}"))}

            """));
        _process = ProcessRunner.StartPiped(new Command("unbound", "-d", "-c", _folder.File("unbound.conf")));
        _ = _process.StandardOutput.ReadToEndAsync();
        Log = _process.StandardError.ReadToEndAsync();
    }

    public IPEndPoint Address { get; }

    private Task<string> Log { get; }

    /// <summary>Starts it, and comes back when it answers.</summary>
    public static async Task<UnboundProcess> StartAsync(IReadOnlyList<NameServerPlan> servers)
    {
        var unbound = new UnboundProcess(servers);
        var dns = new LookupClient(new LookupClientOptions(unbound.Address) { UseCache = false, Retries = 0, Timeout = TimeSpan.FromMilliseconds(500), ThrowDnsErrors = false });
        await NameServerPair.UntilAsync(
            async () =>
            {
                Assert.False(unbound._process.HasExited, unbound._process.HasExited ? await unbound.Log : "");
                try
                {
                    return (await dns.QueryAsync("localhost", QueryType.A)).Answers.Count > 0;
                }
                catch (DnsResponseException)
                {
                    return false;
                }
            },
            "unbound answers",
            10);
        return unbound;
    }

    /// <summary>What it answers for a name of the zone; an exception where it takes longer than 6 s.</summary>
    public Task<string?> AnswerAsync(string name) => NameServerProcess.AskAsync(Address, name);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }
}
