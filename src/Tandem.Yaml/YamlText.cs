using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Tandem.Yaml;

/// <summary>Reads YAML that somebody else wrote. Whatever it is, reading ends with nodes or with a <see cref="YamlException"/>.</summary>
public static class YamlText
{
    /// <summary>Nodes are read by recursion: deeper ones would end the process.</summary>
    private const int MaxDepth = 100;

    /// <summary>The root of each document. All keys are scalars.</summary>
    /// <exception cref="YamlException">It is not YAML, or has keys that JSON cannot have.</exception>
    public static IReadOnlyList<YamlNode> Load(string text)
    {
        try
        {
            Check(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return [.. stream.Documents.Select(d => d.RootNode)];
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The library's own mistakes on texts that are not YAML.
            throw new YamlException($"not YAML: {e.Message}");
        }
    }

    /// <summary>Looks at the events alone, which needs no recursion.</summary>
    private static void Check(string text)
    {
        var parser = new Parser(new StringReader(text));
        var anchors = new HashSet<string>();
        var open = new Stack<Container>();
        while (parser.MoveNext())
        {
            var happened = parser.Current!;
            if (happened is DocumentStart)
                anchors.Clear();
            else if (happened is NodeEvent { Anchor.IsEmpty: false } node)
                anchors.Add(node.Anchor.Value);
            else if (happened is AnchorAlias alias && !anchors.Contains(alias.Value.Value))
                throw new YamlException(happened.Start, happened.End, $"there is no anchor '{alias.Value}' before this alias");
            if (happened is NodeEvent or AnchorAlias && open.TryPeek(out var parent) && parent.IsMapping)
            {
                parent.AtKey = !parent.AtKey;
                if (parent.AtKey && happened is not Scalar)
                    throw new YamlException(happened.Start, happened.End, "a key must be a text");
            }

            if (happened is MappingStart or SequenceStart)
                open.Push(new Container(happened is MappingStart));
            else if (happened is MappingEnd or SequenceEnd)
                open.Pop();
            if (open.Count > MaxDepth)
                throw new YamlException(happened.Start, happened.End, $"nested more than {MaxDepth} deep");
        }
    }

    private sealed class Container(bool isMapping)
    {
        public bool IsMapping => isMapping;

        public bool AtKey { get; set; }
    }
}
