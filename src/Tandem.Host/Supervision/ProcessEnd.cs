namespace Tandem.Host.Supervision;

/// <summary>Ends processes: asks first, then insists.</summary>
public static class ProcessEnd
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Sends SIGTERM, and SIGKILL to what is still there after the grace.</summary>
    public static async Task StopAsync(ProcessIdentity process, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        process.Signal(NativeMethods.Terminate);
        var start = time.GetTimestamp();
        while (process.IsRunning)
        {
            if (time.GetElapsedTime(start) > grace)
                process.Signal(NativeMethods.KillNow);
            await Task.Delay(Poll, time, cancellationToken);
        }
    }
}
