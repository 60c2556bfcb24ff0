using System.Diagnostics;
using System.Net;
using Tandem.Processes;

namespace Tandem.Bench.Detection;

/// <summary>A cluster as its prober sees it: a host in a network namespace of its own, with an nginx that answers /health.</summary>
internal sealed class Target(string folder, string @namespace, string link, IPAddress address) : IAsyncDisposable
{
    private Process? _nginx;

    public IPAddress Address => address;

    private string Folder => Path.Combine(folder, @namespace);

    private string FailFile => Path.Combine(Folder, "fail");

    /// <summary>Starts the nginx; a single process, so that one signal reaches all of it.</summary>
    public void Start()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "temp"));
        File.WriteAllText(Path.Combine(Folder, "nginx.conf"), $$"""
            daemon off; master_process off; pid {{Folder}}/pid; error_log {{Folder}}/error.log;
            events { }
            http {
              access_log off;
              log_format agent $http_user_agent;
              client_body_temp_path {{Folder}}/temp; proxy_temp_path {{Folder}}/temp; fastcgi_temp_path {{Folder}}/temp; uwsgi_temp_path {{Folder}}/temp; scgi_temp_path {{Folder}}/temp;
              server {
                listen 80;
                location = /health { access_log {{Folder}}/access.log agent; if (-f {{FailFile}}) { return 500; } return 200 ok; }
              }
            }
            """);
        _nginx = ProcessRunner.StartInherited(new Processes.Command("nsenter", $"--net=/run/netns/{@namespace}", "nginx", "-c", Path.Combine(Folder, "nginx.conf"), "-e", "/dev/null"));
    }

    /// <summary>How many checks came from each prober so far.</summary>
    public (int Ours, int Gdnsd) Checks()
    {
        var agents = File.ReadAllLines(Path.Combine(Folder, "access.log"));
        return (agents.Count(a => a.Contains("Traffic-Manager", StringComparison.Ordinal)), agents.Count(a => a.Contains("gdnsd", StringComparison.Ordinal)));
    }

    public Task BreakAsync(Fault fault) => fault switch
    {
        Fault.LinkDown => Ip("down"),
        Fault.Killed => SignalAsync("-KILL"),
        Fault.Errors => File.WriteAllTextAsync(FailFile, ""),
        Fault.Slow => SignalAsync("-STOP"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    public async Task HealAsync(Fault fault)
    {
        switch (fault)
        {
            case Fault.LinkDown:
                await Ip("up");
                break;
            case Fault.Killed:
                await _nginx!.WaitForExitAsync();
                _nginx.Dispose();
                Start();
                break;
            case Fault.Errors:
                File.Delete(FailFile);
                break;
            default:
                await SignalAsync("-CONT");
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is null)
            return;
        _nginx.Kill();
        await _nginx.WaitForExitAsync();
        _nginx.Dispose();
    }

    private Task Ip(string state) => ProcessRunner.RunCheckedAsync(new Processes.Command("ip", "link", "set", link, state));

    private Task SignalAsync(string signal) => ProcessRunner.RunCheckedAsync(new Processes.Command("kill", signal, $"{_nginx!.Id}"));
}

/// <summary>What happens to a cluster.</summary>
internal enum Fault
{
    /// <summary>Its link goes down: packets are swallowed.</summary>
    LinkDown,

    /// <summary>Its process is killed: connections are refused.</summary>
    Killed,

    /// <summary>It answers 500.</summary>
    Errors,

    /// <summary>It accepts connections and does not answer.</summary>
    Slow,
}
