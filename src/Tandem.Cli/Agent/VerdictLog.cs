using Tandem.Platform.Parity;

namespace Tandem.Cli.Agent;

/// <summary>Tells of verdicts when they change, not each time that the same is judged again.</summary>
/// <param name="say">Told.</param>
internal sealed class VerdictLog(Action<string> say)
{
    private (bool Ready, string Because)? _last;

    public void Add(Verdict verdict)
    {
        var now = (verdict.Ready, verdict.Because);
        if (now == _last)
            return;
        _last = now;
        say($"ready to take over: {(verdict.Ready ? "yes" : "no")}, because {verdict.Because}");
    }
}
