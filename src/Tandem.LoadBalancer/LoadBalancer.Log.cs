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

    [LoggerMessage(13, LogLevel.Warning, "{Host} has not accepted event {Seq}, attempt {Attempt}: {Reason}")]
    public static partial void NotificationRetried(this ILogger logger, string host, long seq, int attempt, string reason);

    [LoggerMessage(14, LogLevel.Error, "{Host} is not told of event {Seq}, which is too old: {Reason}")]
    public static partial void NotificationGivenUp(this ILogger logger, string host, long seq, string reason);

    [LoggerMessage(15, LogLevel.Error, "The delivery to {Host} failed")]
    public static partial void NotificationError(this ILogger logger, string host, Exception exception);

    [LoggerMessage(12, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void ApiError(this ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(13, LogLevel.Warning, "Pool {Pool} is forced {Word} by an operator")]
    public static partial void PoolForced(this ILogger logger, string pool, string word);

    [LoggerMessage(34, LogLevel.Warning, "The peer {Peer} is lost: {Reason}")]
    public static partial void PeerLost(this ILogger logger, IPEndPoint peer, string reason);

    [LoggerMessage(35, LogLevel.Information, "The peer {Peer} is back")]
    public static partial void PeerBack(this ILogger logger, IPEndPoint peer);

    [LoggerMessage(30, LogLevel.Information, "A {Method} that {Pool}/{Origin} failed ({Reason}) is tried on {Second}")]
    public static partial void ProxyRetries(this ILogger logger, string method, string pool, string origin, string reason, string second);

    [LoggerMessage(31, LogLevel.Warning, "A {Method} for {Name} failed: {Reason}")]
    public static partial void ProxyFailed(this ILogger logger, string method, string name, string reason);

    [LoggerMessage(32, LogLevel.Error, "{File} was replaced and cannot be used; the old certificate is still shown")]
    public static partial void CertificateNotRead(this ILogger logger, string file, Exception exception);

    [LoggerMessage(33, LogLevel.Information, "Proxy on {Addresses}")]
    public static partial void ProxyStarted(this ILogger logger, string addresses);
}
