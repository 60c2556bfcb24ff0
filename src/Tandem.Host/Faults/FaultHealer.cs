using Microsoft.Extensions.Logging;

namespace Tandem.Host.Faults;

/// <summary>Part of the supervisor: heals what a killed drill left, within seconds.</summary>
internal sealed class FaultHealer(MachineFaults faults, StateFolder state, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Looks each second until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var abandoned = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Seen twice: a program that the drill had started when it was killed may still be breaking something.
                var now = FaultJournal.Read(state) is { Owner.IsRunning: false };
                if (abandoned && now)
                    log.Healed(string.Join(", ", await faults.HealAbandonedAsync(cancellationToken)));
                abandoned = now;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.NotHealed(e);
            }

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

internal static partial class FaultHealerLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "a drill ended without healing; healed: {Faults}")]
    public static partial void Healed(this ILogger log, string faults);

    [LoggerMessage(Level = LogLevel.Error, Message = "what a drill left could not be healed; tried again in a second")]
    public static partial void NotHealed(this ILogger log, Exception reason);
}
