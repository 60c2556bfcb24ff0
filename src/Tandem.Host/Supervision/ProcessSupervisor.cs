using Microsoft.Extensions.Logging;
using Tandem.Processes;

namespace Tandem.Host.Supervision;

/// <summary>
/// Keeps one process running: takes it over where it runs already, starts it where it does not, and starts it again when
/// it ends, at once at first and less often the shorter it lives.
/// </summary>
public sealed class ProcessSupervisor(ProcessSpec spec, StateFolder state, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(30);
    private const long MaxLogBytes = 20 * 1024 * 1024;

    /// <summary>Runs until cancelled; the process is left running.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var restarts = 0;
        var retry = FirstRetry;
        var process = await TakeOverAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var started = time.GetTimestamp();
                process ??= await StartAsync(restarts, cancellationToken);
                while (process.IsRunning)
                    await Task.Delay(Poll, time, cancellationToken);
                process = null;
                retry = time.GetElapsedTime(started) > Healthy ? FirstRetry : TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, retry.Ticks * 2));
                restarts++;
                log.Ended(spec.Name, retry);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                retry = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, retry.Ticks * 2));
                log.NotStarted(spec.Name, retry, e);
            }

            await Task.Delay(retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<ProcessIdentity?> TakeOverAsync(CancellationToken cancellationToken)
    {
        if (ProcessRecord.Find(state.Processes, spec.Name) is not { } record || !record.Process.IsRunning)
            return null;
        if (record.CommandHash == spec.Hash)
            return record.Process;
        await ProcessEnd.StopAsync(record.Process, TimeSpan.FromSeconds(10), time, cancellationToken);
        return null;
    }

    private async Task<ProcessIdentity> StartAsync(int restarts, CancellationToken cancellationToken)
    {
        await spec.Prepare(cancellationToken);
        var logFile = Path.Combine(state.Logs, spec.Name + ".log");
        if (File.Exists(logFile) && new FileInfo(logFile).Length > MaxLogBytes)
            File.Move(logFile, logFile + ".1", overwrite: true);
        var child = ProcessRunner.StartInherited(spec.Wrapped(logFile));

        // The runtime reaps a child it knows of; it must know of this one until it ends.
        child.EnableRaisingEvents = true;
        child.Exited += (_, _) => child.Dispose();
        var identity = ProcessIdentity.Of(child.Id) ?? throw new InvalidOperationException($"{spec.Name} ended at once; see {logFile}");
        try
        {
            new ProcessRecord(spec.Name, identity, spec.Hash, time.GetUtcNow(), restarts).Write(state.Processes);
        }
        catch
        {
            // On a full disk. One that runs without a record would be started a second time.
            identity.Signal(NativeMethods.KillNow);
            throw;
        }

        log.Started(spec.Name, child.Id);
        return identity;
    }
}

internal static partial class ProcessSupervisorLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} started as {Pid}")]
    public static partial void Started(this ILogger log, string name, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} ended; it is started again in {Retry}")]
    public static partial void Ended(this ILogger log, string name, TimeSpan retry);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} could not be started; again in {Retry}")]
    public static partial void NotStarted(this ILogger log, string name, TimeSpan retry, Exception reason);
}
