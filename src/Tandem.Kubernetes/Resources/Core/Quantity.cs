using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>Amounts such as 100m, 64Mi or 1e3, as numbers. The range of a decimal is more than any machine has.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1024m), ("Mi", 1048576m), ("Gi", 1073741824m), ("Ti", 1099511627776m), ("Pi", 1125899906842624m),
        ("Ei", 1152921504606846976m), ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m),
        ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>The amount, or null for what is not one.</summary>
    public static decimal? Parse(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Number => Parse(value.ToJsonString()),
        JsonValueKind.String => Parse((string)value!),
        _ => null,
    };

    /// <inheritdoc cref="Parse(JsonNode?)"/>
    public static decimal? Parse(string text)
    {
        var factor = 1m;
        foreach (var (suffix, by) in Suffixes)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            text = text[..^suffix.Length];
            factor = by;
            break;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) ? number * factor : null;
    }
}
