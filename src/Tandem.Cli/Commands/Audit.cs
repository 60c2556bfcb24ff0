using System.CommandLine;
using Tandem.Cli.Output;
using Tandem.Cloudflare;
using Tandem.Platform.Clusters;
using Tandem.Platform.History;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Commands;

/// <summary>Does what changes a platform: asks the safety rules first, and writes into the history what came of it.</summary>
/// <param name="history">The history.</param>
/// <param name="progress">Told where the history cannot be written.</param>
internal sealed class Audit(HistoryStore history, Progress progress)
{
    public static Option<string?> Override() => new("--override")
    {
        Description = "Do it although a safety rule stands against it. Say why: it is kept in the history.", HelpName = "REASON",
    };

    public static Option<string?> Reason() => new("--reason") { Description = "Why; kept in the history.", HelpName = "TEXT" };

    /// <param name="action">Such as deploy.</param>
    /// <param name="reason">Why, by the one who asks; null for nothing to say.</param>
    /// <param name="overriding">Why a rule is broken; null where none may be.</param>
    /// <param name="broken">The safety rules that stand against it.</param>
    /// <param name="work">Does it, and says what came of it: null where nothing was changed.</param>
    /// <exception cref="RefusedException">A safety rule stands against it.</exception>
    public async Task RunAsync(string action, string? reason, string? overriding, IReadOnlyList<string> broken, Func<Task<string?>> work)
    {
        var entry = new HistoryEntry(Guid.CreateVersion7().ToString(), TimeProvider.System.GetUtcNow(), Author.Current, action, HistoryOutcome.Done)
        {
            Reason = overriding ?? reason, Overridden = broken,
        };
        if (broken.Count > 0 && string.IsNullOrWhiteSpace(overriding))
        {
            await WriteAsync(entry with { Outcome = HistoryOutcome.Refused, What = string.Join("; ", broken), Overridden = [] });
            throw new RefusedException($"{string.Join("; ", broken)}. To {action} all the same, say why: --override REASON");
        }

        try
        {
            if (await work() is { } what)
                await WriteAsync(entry with { What = what });
        }
        catch (RefusedException e)
        {
            await WriteAsync(entry with { Outcome = HistoryOutcome.Refused, What = e.Message });
            throw;
        }
        catch (Exception e) when (e is ReleaseFailedException or ClusterException or CloudflareException or HttpRequestException or OperationCanceledException)
        {
            await WriteAsync(entry with { Outcome = HistoryOutcome.Failed, What = e is OperationCanceledException ? "interrupted" : e.Message });
            throw;
        }
    }

    private async Task WriteAsync(HistoryEntry entry)
    {
        try
        {
            await history.AppendAsync(entry, CancellationToken.None);
        }
        catch (ClusterException e)
        {
            // What was done is done; that nobody will read of it later is said now.
            progress.Say($"the history could not be written: {e.Message}");
        }
    }
}
