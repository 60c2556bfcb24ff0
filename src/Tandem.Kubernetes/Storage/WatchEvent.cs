using System.Text;

namespace Tandem.Kubernetes.Storage;

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>A change of one object.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Object">The object after it; for a deletion the last state, at the deletion's revision.</param>
/// <param name="Previous">The object before it; null for a new one.</param>
internal sealed record WatchEvent(ChangeKind Kind, StoredObject Object, StoredObject? Previous)
{
    private static readonly string[] Types = ["ADDED", "MODIFIED", "DELETED"];

    // Most watchers of a kind are sent the same bytes: the line is made once for all of them. Losing a race costs a line too many.
    private byte[]? _line;

    public long Revision => Object.Revision;

    /// <summary>The event as a line of a watch whose selector the object neither enters nor leaves.</summary>
    public byte[] Line => _line ??= LineOf(Types[(int)Kind], Object.Json);

    /// <summary>An event of any type as a line of a watch.</summary>
    public static byte[] LineOf(string type, ReadOnlySpan<byte> json)
    {
        var head = Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":");
        var line = new byte[head.Length + json.Length + 2];
        head.CopyTo(line, 0);
        json.CopyTo(line.AsSpan(head.Length));
        line[^2] = (byte)'}';
        line[^1] = (byte)'\n';
        return line;
    }
}
