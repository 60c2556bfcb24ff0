using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Storage;

internal static partial class WatchCacheLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to etcd was lost; trying again")]
    public static partial void EtcdLost(this ILogger<WatchCache> log, Exception reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "etcd compacted the history this cache was reading; reading everything anew")]
    public static partial void HistoryLost(this ILogger<WatchCache> log, Exception reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "etcd could not be compacted; trying again in five minutes")]
    public static partial void CompactionFailed(this ILogger<WatchCache> log, Exception reason);
}
