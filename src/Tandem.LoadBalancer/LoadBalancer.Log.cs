using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer;

/// <summary>Everything the load balancer logs.</summary>
internal static partial class LoadBalancerLog
{
    [LoggerMessage(1, LogLevel.Information, "DNS on {Dns}, API on {Api}")]
    public static partial void Started(this ILogger logger, string dns, string api);

    [LoggerMessage(2, LogLevel.Warning, "A check of {Target} failed: {Reason}")]
    public static partial void ProbeFailed(this ILogger logger, TargetKey target, string reason);

    [LoggerMessage(3, LogLevel.Information, "{Target} is {After}, was {Before}")]
    public static partial void ObservedChanged(this ILogger logger, TargetKey target, Observed before, Observed after);

    [LoggerMessage(4, LogLevel.Error, "No target can be reached ({Reason}): this machine has lost its network; decisions are frozen")]
    public static partial void Frozen(this ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Information, "The network is back; decisions are taken again")]
    public static partial void Thawed(this ILogger logger);

    [LoggerMessage(6, LogLevel.Error, "The check of {Target} could not be made")]
    public static partial void CheckError(this ILogger logger, TargetKey target, Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "{Name} is answered with {After}, was {Before}")]
    public static partial void AnswerChanged(this ILogger logger, string name, string before, string after);

    [LoggerMessage(8, LogLevel.Warning, "Pool {Pool} is {State}")]
    public static partial void PoolChanged(this ILogger logger, string pool, string state);

    [LoggerMessage(9, LogLevel.Error, "State could not be read or written")]
    public static partial void StateError(this ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "A DNS query could not be answered")]
    public static partial void DnsError(this ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Information, "{Method} {Path}: {Status}")]
    public static partial void ApiChange(this ILogger logger, string method, string path, int status);

    [LoggerMessage(12, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void ApiError(this ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(13, LogLevel.Warning, "Pool {Pool} is forced {Word} by an operator")]
    public static partial void PoolForced(this ILogger logger, string pool, string word);

    [LoggerMessage(20, LogLevel.Warning, "The peer {Peer} is lost: {Reason}")]
    public static partial void PeerLost(this ILogger logger, IPEndPoint peer, string reason);

    [LoggerMessage(21, LogLevel.Information, "The peer {Peer} is back")]
    public static partial void PeerBack(this ILogger logger, IPEndPoint peer);
}
