using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;

namespace Tandem.Kubernetes.Api.Content.Protobuf;

/// <summary>How often a field occurs.</summary>
internal enum Cardinality
{
    One,

    /// <summary>Once or not at all, where zero is a value.</summary>
    Optional,
    Repeated,
    Map,
}

/// <summary>One field of a message.</summary>
/// <param name="Name">Its name in JSON; empty for a message whose fields stand in the parent's JSON.</param>
/// <param name="Type">s, i, t, d, b, or the name of a message.</param>
/// <param name="Cardinality">How often it occurs.</param>
/// <param name="IsWrapped">Whether the type is a message that has nothing but a list of <paramref name="Type"/>.</param>
/// <param name="IsAlwaysWritten">Whether JSON has it even where it is zero.</param>
internal sealed record MessageField(string Name, string Type, Cardinality Cardinality, bool IsWrapped, bool IsAlwaysWritten);

/// <summary>The messages of Kubernetes' protobuf encoding, from messages.txt. A line is read when it is first needed.</summary>
internal static class MessageTable
{
    private static readonly FrozenDictionary<string, string> Lines = ReadLines();
    private static readonly ConcurrentDictionary<string, FrozenDictionary<int, MessageField>> Messages = new();

    /// <summary>The fields of a message by their numbers; null where there is no such message.</summary>
    public static FrozenDictionary<int, MessageField>? Find(string message) =>
        Lines.TryGetValue(message, out var line) ? Messages.GetOrAdd(message, static (_, l) => Read(l), line) : null;

    /// <summary>The message of a kind; null where it has none.</summary>
    public static string? NameOf(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/');
        var group = slash < 0 ? "core" : apiVersion[..slash].Split('.')[0];
        var name = $"{group}/{apiVersion[(slash + 1)..]}.{kind}";
        if (Lines.ContainsKey(name))
            return name;

        // Options are sent under the version of whatever they are for.
        var options = $"meta/v1.{kind}";
        return Lines.ContainsKey(options) ? options : null;
    }

    private static FrozenDictionary<string, string> ReadLines()
    {
        using var stream = typeof(MessageTable).Assembly.GetManifestResourceStream("messages.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(l => !l.StartsWith('#'))
            .Select(l => l.Split(' ', 2))
            .ToFrozenDictionary(l => l[0], l => l[1]);
    }

    private static FrozenDictionary<int, MessageField> Read(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ReadField).ToFrozenDictionary(f => f.Number, f => f.Field);

    private static (int Number, MessageField Field) ReadField(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var colon = text.IndexOf(':', equals);
        var type = text.AsSpan(colon + 1);
        var always = type.EndsWith("!");
        type = always ? type[..^1] : type;
        var cardinality = type switch
        {
            ['*', ..] => Cardinality.Optional,
            ['[', ']', ..] => Cardinality.Repeated,
            ['{', '}', ..] => Cardinality.Map,
            _ => Cardinality.One,
        };
        type = type[(cardinality switch { Cardinality.One => 0, Cardinality.Optional => 1, _ => 2 })..];
        var wrapped = type.StartsWith("list:");
        var name = text[..equals];
        return (
            int.Parse(text.AsSpan(equals + 1, colon - equals - 1), CultureInfo.InvariantCulture),
            new MessageField(name == "~" ? "" : name, (wrapped ? type["list:".Length..] : type).ToString(), cardinality, wrapped, always));
    }
}
