using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.Audit;

/// <summary>
/// The audit log: a line of JSON for every write, in the cluster's folder, readable by its owner only. A full file is kept beside
/// the new one, a few of them.
/// </summary>
internal sealed class AuditLog(ClusterOptions options, TimeProvider time, ILogger<AuditLog> log) : BackgroundService
{
    private const long MaxBytes = 16 * 1024 * 1024;
    private const int KeptFiles = 4;

    /// <summary>Requests wait when the disk cannot keep up; no line is left out.</summary>
    private const int Backlog = 4096;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Backlog) { SingleReader = true });
    private readonly string _path = Path.Combine(options.StateDirectory, "audit.log");

    /// <summary>Notes a request that has been answered, where it is of a kind that is kept.</summary>
    public ValueTask WriteAsync(HttpContext context, AuditRecord record) => record.IsKept
        ? _lines.Writer.WriteAsync([.. Utf8Json.Write(record.ToJson(context, time.GetUtcNow())), (byte)'\n'])
        : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _lines.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _lines.Reader.WaitToReadAsync(CancellationToken.None))
        {
            try
            {
                RotateWhenFull();
                await using var file = new FileStream(_path, new FileStreamOptions
                {
                    Mode = FileMode.Append, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
                while (file.Length < MaxBytes && _lines.Reader.TryPeek(out var line))
                {
                    await file.WriteAsync(line, CancellationToken.None);
                    _lines.Reader.TryRead(out _);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.NotWritten(_path, e);
                if (stoppingToken.IsCancellationRequested)
                    return;
                await Task.Delay(Retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void RotateWhenFull()
    {
        if (!File.Exists(_path) || new FileInfo(_path).Length < MaxBytes)
            return;
        for (var number = KeptFiles; number > 0; number--)
        {
            var from = number == 1 ? _path : $"{_path}.{number - 1}";
            if (File.Exists(from))
                File.Move(from, $"{_path}.{number}", overwrite: true);
        }
    }
}

internal static partial class AuditLogMessages
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log {Path} cannot be written; trying again, and writes to the API wait")]
    public static partial void NotWritten(this ILogger<AuditLog> log, string path, Exception reason);
}
