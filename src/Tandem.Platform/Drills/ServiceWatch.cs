using Tandem.Cloudflare;
using Tandem.Platform.Failover;

namespace Tandem.Platform.Drills;

/// <summary>Follows what the load balancer says while a drill runs, and notes each change.</summary>
/// <param name="answer">The cluster that the load balancer answers with at this moment; null for none.</param>
/// <param name="health">Who is healthy.</param>
/// <param name="healthInterval">How often health is read: Cloudflare allows 1200 requests in five minutes, and one reading is three or four.</param>
/// <param name="time">The clock.</param>
public sealed class ServiceWatch(
    Func<CancellationToken, Task<string?>> answer, Func<CancellationToken, Task<ServiceHealth>> health, TimeSpan healthInterval, TimeProvider time)
{
    private static readonly TimeSpan AnswerInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<Observation> _changes = [];

    /// <summary>The changes so far, the first being what was found.</summary>
    public IReadOnlyList<Observation> Changes
    {
        get
        {
            lock (_lock)
                return [.. _changes];
        }
    }

    /// <summary>What is so now; null before anything was read.</summary>
    public Observation? Latest
    {
        get
        {
            lock (_lock)
                return _changes.LastOrDefault();
        }
    }

    /// <summary>When the last reading of the health began.</summary>
    public DateTimeOffset HealthReadAt { get; private set; }

    /// <summary>Follows until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        RepeatAsync(AnswerInterval, ReadAnswerAsync, cancellationToken), RepeatAsync(healthInterval, ReadHealthAsync, cancellationToken));

    private async Task ReadAnswerAsync(CancellationToken cancellationToken)
    {
        var now = await TryAsync(answer, cancellationToken);

        // A resolver that is cancelled says the same as one that has no answer.
        cancellationToken.ThrowIfCancellationRequested();
        Note(o => o with { Answer = now });
    }

    private async Task ReadHealthAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        var now = await TryAsync<ServiceHealth>(async stop => await health(stop), cancellationToken);
        Note(o => o with { HotHealthy = now?.Clusters[0].Healthy, StandbyHealthy = now?.Clusters[1].Healthy });
        HealthReadAt = begun;
    }

    private void Note(Func<Observation, Observation> change)
    {
        lock (_lock)
        {
            var before = _changes.LastOrDefault() ?? new Observation(default, null, null, null);
            var after = change(before) with { At = before.At };
            if (_changes.Count == 0 || after != before)
                _changes.Add(after with { At = time.GetUtcNow() });
        }
    }

    /// <summary>A load balancer that cannot be reached is what some drills are about: then nothing is known.</summary>
    private static async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await read(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or CloudflareException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await read(cancellationToken);
                await Task.Delay(interval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The drill is over.
        }
    }
}

/// <summary>What the load balancer said from a moment on.</summary>
/// <param name="At">The moment.</param>
/// <param name="Answer">The cluster that it answers with; null for none, or no answer.</param>
/// <param name="HotHealthy">Whether the hot cluster may be given traffic; null where that could not be read.</param>
/// <param name="StandbyHealthy">The same of the standby.</param>
public sealed record Observation(DateTimeOffset At, string? Answer, bool? HotHealthy, bool? StandbyHealthy);
