using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Platform.Spec;

/// <summary>
/// A place in a platform file. Reading never throws: mistakes are collected with their positions, and reading goes on with
/// a default, so that the author hears of all of them at once.
/// </summary>
internal sealed partial class SpecNode(string file, string path, YamlNode? node, Mark at, List<SpecError> errors)
{
    private readonly HashSet<string> _known = [];

    public bool IsPresent => node is not null && node is not YamlScalarNode { Value: "" or "~" or "null", Style: ScalarStyle.Plain };

    public bool IsMapping => node is YamlMappingNode;

    /// <summary>The field of a mapping; absent where there is none.</summary>
    public SpecNode Field(string name)
    {
        _known.Add(name);
        var child = path.Length == 0 ? name : $"{path}.{name}";
        if (node is YamlMappingNode map)
            foreach (var (key, value) in map.Children)
                if (key is YamlScalarNode scalar && scalar.Value == name)
                    return new SpecNode(file, child, value, value.Start, errors);
        return new SpecNode(file, child, null, node?.Start ?? at, errors);
    }

    /// <summary>The fields of a mapping with free names.</summary>
    public IEnumerable<(string Name, SpecNode Value)> Fields()
    {
        if (!IsPresent)
            yield break;
        if (node is not YamlMappingNode map)
        {
            Error("must be a mapping");
            yield break;
        }

        foreach (var (key, value) in map.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            yield return (name, new SpecNode(file, $"{path}[{name}]", value, value.Start, errors));
        }
    }

    public IEnumerable<SpecNode> Items()
    {
        if (!IsPresent)
            yield break;
        if (node is not YamlSequenceNode list)
        {
            Error("must be a list");
            yield break;
        }

        foreach (var (index, item) in list.Children.Index())
            yield return new SpecNode(file, $"{path}[{index}]", item, item.Start, errors);
    }

    /// <summary>Reports every field that was not asked for. Call after the last <see cref="Field"/>.</summary>
    public void Close()
    {
        if (node is YamlMappingNode map)
        {
            foreach (var (key, _) in map.Children)
                if (key is YamlScalarNode { Value: { } name } && !_known.Contains(name))
                    errors.Add(new SpecError(file, key.Start.Line, key.Start.Column, $"unknown field '{name}' in {(path.Length == 0 ? "the file" : path)}; known: {string.Join(", ", _known.Order(StringComparer.Ordinal))}"));
        }
        else if (IsPresent)
        {
            Error("must be a mapping");
        }
    }

    public void Error(string message) =>
        errors.Add(new SpecError(file, (node?.Start ?? at).Line, (node?.Start ?? at).Column, $"{path}: {message}"));

    public string Text(string? fallback = null)
    {
        if (!IsPresent)
        {
            if (fallback is null)
                Error("is required");
            return fallback ?? "";
        }

        return Scalar() ?? fallback ?? "";
    }

    public string Matching(Regex pattern, string wording, string? fallback = null)
    {
        var text = Text(fallback);
        if (node is YamlScalarNode && IsPresent && !pattern.IsMatch(text))
            Error($"'{text}' {wording}");
        return text;
    }

    public int Number(int fallback, int min, int max)
    {
        if (!IsPresent)
            return fallback;
        if (Scalar() is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        Error($"'{text}' must be a whole number from {min} to {max}");
        return fallback;
    }

    /// <summary>Reads true and false; false where there is none.</summary>
    public bool Flag()
    {
        if (!IsPresent || Scalar() is not { } text)
            return false;
        if (text is not ("true" or "false"))
            Error($"'{text}' must be true or false");
        return text == "true";
    }

    /// <summary>Reads 10s, 5m, 1h, 500ms.</summary>
    public TimeSpan Duration(TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        if (!IsPresent || Scalar() is not { } text)
            return fallback;
        var match = DurationPattern().Match(text);
        if (!match.Success)
        {
            Error($"'{text}' must be a duration such as 10s, 5m or 1h");
            return fallback;
        }

        var milliseconds = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * match.Groups[2].Value switch
        {
            "ms" => 1d,
            "s" => 1000,
            "m" => 60_000,
            _ => 3_600_000,
        };
        if (milliseconds < min.TotalMilliseconds || milliseconds > max.TotalMilliseconds)
            Error($"'{text}' must be from {Show(min)} to {Show(max)}");
        else if (milliseconds % 1000 != 0)
            Error($"'{text}' must be whole seconds: load balancers count in them");
        else
            return TimeSpan.FromMilliseconds(milliseconds);
        return fallback;
    }

    private string? Scalar()
    {
        if (node is YamlScalarNode scalar)
            return scalar.Value ?? "";
        Error("must be a single value");
        return null;
    }

    private static string Show(TimeSpan value) => $"{value.TotalSeconds}s";

    [GeneratedRegex(@"\A([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h)\z")]
    private static partial Regex DurationPattern();
}
