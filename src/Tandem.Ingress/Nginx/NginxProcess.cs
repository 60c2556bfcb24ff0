using System.Diagnostics;
using Tandem.Ingress.Translation;
using Tandem.Processes;

namespace Tandem.Ingress.Nginx;

/// <summary>Keeps nginx running with the configuration file that is in its folder.</summary>
internal sealed class NginxProcess(NginxOptions options, ControllerLog log, TimeProvider time)
{
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(5);
    private volatile int _pid;

    /// <summary>Held while a master is started and while its file is replaced: whoever replaces it knows whether it was read before.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The master's process id, or 0 while none runs.</summary>
    public int Pid => _pid;

    /// <summary>Runs nginx until cancelled and restarts it whenever it ends; ends it gracefully at last.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(5));
        while (!cancellationToken.IsCancellationRequested)
        {
            await Leftovers.EndAsync(options.Settings.Folder, time, CancellationToken.None);
            File.Delete(NginxConfiguration.ControlSocket(options.Settings.Folder)); // nginx does not bind to a socket file that exists
            var started = time.GetTimestamp();
            using var process = Start();
            var ended = process.WaitForExitAsync(CancellationToken.None);
            try
            {
                await ended.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                await StopAsync(process, ended);
                return;
            }
            finally
            {
                _pid = 0;
            }

            if (time.GetElapsedTime(started) > Stable)
                backoff.Succeeded();
            log.Error($"nginx ended with exit code {process.ExitCode}; it is started again");
            await Task.Delay(backoff.Next(), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The command for a configuration file; started in its folder, which marks its workers as ours.</summary>
    public static Command Command(NginxOptions options, string file, params string[] more) =>
        new(options.Program, ["-e", "stderr", "-p", options.Settings.Folder + "/", "-c", file, .. more]) { WorkingDirectory = options.Settings.Folder };

    private Process Start()
    {
        lock (Gate)
        {
            var process = ProcessRunner.StartInherited(Command(options, ConfigurationLoader.FileIn(options.Settings.Folder)));
            _pid = process.Id;
            return process;
        }
    }

    private async Task StopAsync(Process process, Task ended)
    {
        Signals.Send(process.Id, Signals.Quit);
        try
        {
            await ended.WaitAsync(options.ShutdownTimeout, time);
        }
        catch (TimeoutException)
        {
            log.Warning($"requests were still under way after {options.ShutdownTimeout.TotalSeconds:0} s; nginx is ended");
            Signals.Send(process.Id, Signals.Terminate);
            await ended;
        }
    }
}
