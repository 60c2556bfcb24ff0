namespace Tandem.Kubernetes.Node.Probes;

internal enum ProbeKind
{
    Startup,
    Readiness,
    Liveness,
}

/// <summary>
/// What consecutive results of one probe amount to. Before the thresholds are reached: started no, ready no, alive yes.
/// </summary>
internal sealed class ProbeState(ProbeKind kind, int failureThreshold, int successThreshold)
{
    private bool _last;
    private int _run;

    /// <summary>The probe counts as passed.</summary>
    public bool Passing { get; private set; } = kind == ProbeKind.Liveness;

    /// <summary>Failed as often in a row as the threshold says: the container must be restarted (startup, liveness).</summary>
    public bool Failed { get; private set; }

    /// <summary>Begins as passed: what was so before this process started stays so until a probe says otherwise.</summary>
    public void Adopt() => Passing = true;

    /// <summary>Takes one result.</summary>
    /// <returns>Whether <see cref="Passing"/> or <see cref="Failed"/> changed.</returns>
    public bool Observe(bool success)
    {
        _run = success == _last ? _run + 1 : 1;
        _last = success;
        if (_run < (success ? successThreshold : failureThreshold))
            return false;
        var changed = Passing != success || Failed == success;
        Passing = success;
        Failed = !success;
        return changed;
    }
}
