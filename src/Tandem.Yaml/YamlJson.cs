using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Yaml;

/// <summary>
/// YAML to JSON as kubectl does it (sigs.k8s.io/yaml): the booleans and numbers of YAML 1.1, so that a manifest means here
/// what it means there. What is quoted is a text.
/// </summary>
public static partial class YamlJson
{
    /// <summary>Aliases can make a small text enormous.</summary>
    private const int MaxNodes = 1_000_000;

    private const int MaxDepth = 200;

    /// <summary>The value of a document.</summary>
    /// <exception cref="YamlException">Aliases make it too large.</exception>
    public static JsonNode? Convert(YamlNode node)
    {
        var left = MaxNodes;
        return Convert(node, 0, ref left);
    }

    private static JsonNode? Convert(YamlNode node, int depth, ref int left)
    {
        if (--left < 0 || depth > MaxDepth)
            throw new YamlException(node.Start, node.End, "aliases make the document too large");
        switch (node)
        {
            case YamlMappingNode map:
                var result = new JsonObject();
                foreach (var (key, value) in map.Children)
                {
                    if (key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain })
                        throw new YamlException(key.Start, key.End, "merge keys (<<) are not supported; write the fields out");
                    result[((YamlScalarNode)key).Value ?? ""] = Convert(value, depth + 1, ref left);
                }

                return result;
            case YamlSequenceNode list:
                var items = new JsonArray();
                foreach (var item in list.Children)
                    items.Add(Convert(item, depth + 1, ref left));
                return items;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag == "tag:yaml.org,2002:str"))
            return text;
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y":
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N":
                return false;
        }

        return Whole(text) is { } whole ? whole
            : Real().IsMatch(text) && double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var real && double.IsFinite(real) ? real
            : text;
    }

    private static long? Whole(string text)
    {
        var match = Integer().Match(text);
        if (!match.Success)
            return null;
        var digits = match.Groups["digits"].Value.Replace("_", "", StringComparison.Ordinal);
        var radix = match.Groups["radix"].Value switch { "0x" => 16, "0b" => 2, "0" or "0o" => 8, _ => 10 };
        try
        {
            var value = radix == 10 ? long.Parse(digits, CultureInfo.InvariantCulture) : System.Convert.ToInt64(digits, radix);
            return match.Groups["sign"].Value == "-" ? -value : value;
        }
        catch (OverflowException)
        {
            // Larger than any integer of Kubernetes: a float, as there.
            return null;
        }
    }

    [GeneratedRegex(@"\A(?<sign>[-+]?)(?:(?<radix>0x)(?<digits>[0-9a-fA-F_]*[0-9a-fA-F])|(?<radix>0b)(?<digits>[01_]*[01])|(?<radix>0o?)(?<digits>[0-7_]*[0-7])|(?<radix>)(?<digits>0|[1-9][0-9_]*))\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Real();
}
