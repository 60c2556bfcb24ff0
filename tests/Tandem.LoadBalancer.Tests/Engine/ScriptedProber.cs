using System.Net;
using Tandem.LoadBalancer.Probing;

namespace Tandem.LoadBalancer.Tests.Engine;

/// <summary>
/// A network in virtual time: what a probe meets depends on when it starts and, for one that is under way, on the fault that
/// comes meanwhile. Real faults are met in the prober's own tests.
/// </summary>
internal sealed class ScriptedProber(TimeProvider time) : IProber
{
    /// <summary>Addresses that swallow every packet.</summary>
    public HashSet<string> BlackHoles { get; } = [];

    /// <summary>Addresses that refuse.</summary>
    public HashSet<string> Refusing { get; } = [];

    /// <summary>Addresses that accept, and never say a word.</summary>
    public HashSet<string> Silent { get; } = [];

    /// <summary>Addresses without a route.</summary>
    public HashSet<string> Unreachable { get; } = [];

    /// <summary>What the resolver knows.</summary>
    public Dictionary<string, IPAddress> Names { get; } = [];

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Delay { get; set; }

    public List<(string Address, DateTimeOffset At)> Probes { get; } = [];

    public async Task<ProbeResult> ProbeAsync(ProbeRequest request, TimeSpan connectTimeout, CancellationToken cancellationToken)
    {
        var name = (request.EndPoint as DnsEndPoint)?.Host;
        if (name is not null && !Names.ContainsKey(name))
            return new ProbeResult(FailureReason.UnknownHost, 0, TimeSpan.Zero);
        IReadOnlyList<IPAddress>? resolved = name is null ? null : [Names[name]];
        var address = (resolved?[0] ?? ((IPEndPoint)request.EndPoint).Address).ToString();
        var started = time.GetTimestamp();
        Probes.Add((address, time.GetUtcNow()));
        ProbeResult Result(string reason) => new(reason, reason == FailureReason.None ? 200 : 0, time.GetElapsedTime(started)) { Addresses = resolved };
        if (Unreachable.Contains(address))
            return Result(FailureReason.NetworkUnreachable);
        if (Refusing.Contains(address))
            return Result(FailureReason.ConnectionFailed);
        if (BlackHoles.Contains(address))
        {
            await Task.Delay(connectTimeout, time, cancellationToken);
            return Result(FailureReason.ConnectTimeout);
        }

        if (Silent.Contains(address))
        {
            await Task.Delay(request.Timeout, time, cancellationToken);
            return Result(FailureReason.HttpTimeout);
        }

        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay, time, cancellationToken);
        return Result(FailureReason.None);
    }
}
