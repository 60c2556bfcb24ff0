using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources;

/// <summary>A column of the Table that <c>kubectl get</c> asks for.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Value">The cell for an object at a time.</param>
/// <param name="Type">string, integer, boolean or date.</param>
/// <param name="Format">"name" for the column that identifies the row.</param>
/// <param name="Priority">0 is always shown, 1 with -o wide.</param>
internal sealed record TableColumn(
    string Title, Func<JsonObject, DateTimeOffset, JsonNode?> Value, string Type = "string", string Format = "", int Priority = 0)
{
    /// <summary>What the column shows.</summary>
    public string Description { get; init; } = "";

    public static readonly TableColumn Name = new("Name", (o, _) => o.Text("metadata", "name"), Format: "name");

    public static readonly TableColumn Age = new("Age", (o, now) => Since(o.Text("metadata", "creationTimestamp"), now));

    public static TableColumn Text(string title, Func<JsonObject, string?> value, int priority = 0) =>
        new(title, (o, _) => value(o) is { Length: > 0 } text ? text : "<none>", Priority: priority);

    public static TableColumn Integer(string title, params string[] path) =>
        new(title, (o, _) => o.Number(path) ?? 0, "integer");

    /// <summary>The time that has passed, as kubectl prints ages.</summary>
    public static string Since(string? timestamp, DateTimeOffset now) =>
        DateTimeOffset.TryParse(timestamp, System.Globalization.CultureInfo.InvariantCulture, out var then)
            ? HumanDuration(now - then)
            : "<unknown>";

    /// <summary>As apimachinery's duration.HumanDuration: two units at most, fewer the longer it is.</summary>
    public static string HumanDuration(TimeSpan d)
    {
        var seconds = (long)d.TotalSeconds;
        if (seconds < -1)
            return "<invalid>";
        seconds = Math.Max(0, seconds);
        var minutes = (long)d.TotalMinutes;
        var hours = (long)d.TotalHours;
        return (seconds, minutes, hours) switch
        {
            ( < 120, _, _) => $"{seconds}s",
            (_, < 10, _) => Two(minutes, "m", seconds % 60, "s"),
            (_, < 180, _) => $"{minutes}m",
            (_, _, < 8) => Two(hours, "h", minutes % 60, "m"),
            (_, _, < 48) => $"{hours}h",
            (_, _, < 24 * 8) => Two(hours / 24, "d", hours % 24, "h"),
            (_, _, < 24 * 365 * 2) => $"{hours / 24}d",
            (_, _, < 24 * 365 * 8) => Two(hours / 24 / 365, "y", hours / 24 % 365, "d"),
            _ => $"{hours / 24 / 365}y",
        };
    }

    private static string Two(long big, string bigUnit, long small, string smallUnit) =>
        small == 0 ? $"{big}{bigUnit}" : $"{big}{bigUnit}{small}{smallUnit}";
}
