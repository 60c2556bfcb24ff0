using System.Text.Json;

namespace Tandem.Ingress;

/// <summary>The controller's own log: one JSON line a message, beside nginx's JSON access log.</summary>
internal sealed class ControllerLog(TextWriter output, TimeProvider time)
{
    private readonly Lock _lock = new();

    public void Info(string message) => Write("info", message, null);

    public void Warning(string message, Exception? error = null) => Write("warning", message, error);

    public void Error(string message, Exception? error = null) => Write("error", message, error);

    private void Write(string level, string message, Exception? error)
    {
        var line = JsonSerializer.Serialize(new { time = time.GetUtcNow(), level, message, error = error?.Message });
        lock (_lock)
            output.WriteLine(line);
    }
}
