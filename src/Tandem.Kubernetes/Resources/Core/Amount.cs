using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>How an amount was written, and so how sums of it are shown.</summary>
internal enum AmountFormat
{
    /// <summary>Such as 100m or 5k.</summary>
    Decimal,

    /// <summary>Such as 64Mi.</summary>
    Binary,

    /// <summary>Such as 1e3.</summary>
    Exponent,
}

/// <summary>
/// A quantity that can be added up and written in its one canonical form. See
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
/// </summary>
/// <param name="Value">The number.</param>
/// <param name="Format">How it is shown.</param>
internal readonly record struct Amount(decimal Value, AmountFormat Format)
{
    private const decimal Nano = 1e-9m;

    private static readonly string[] Binaries = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    private static readonly Dictionary<int, string> Decimals = new()
    {
        [-9] = "n", [-6] = "u", [-3] = "m", [0] = "", [3] = "k", [6] = "M", [9] = "G", [12] = "T", [15] = "P", [18] = "E",
    };

    /// <summary>One object.</summary>
    public static Amount One => new(1, AmountFormat.Decimal);

    /// <summary>The amount, or null for what is not one.</summary>
    public static Amount? Parse(JsonNode? node) => Quantity.Parse(node) is not { } value ? null : new Amount(value, FormatOf(node!));

    public static Amount operator +(Amount a, Amount b) => new(a.Value + b.Value, a.Value == 0 ? b.Format : a.Format);

    public static Amount operator -(Amount a, Amount b) => new(a.Value - b.Value, a.Value == 0 ? b.Format : a.Format);

    public override string ToString()
    {
        var value = Math.Ceiling(Value / Nano) * Nano;
        return Format switch
        {
            AmountFormat.Binary when Math.Abs(value) >= 1024 => Binary(Math.Ceiling(value)),
            AmountFormat.Exponent => Decimal(value, e => e == 0 ? "" : $"e{e}"),
            _ => Decimal(value, e => Decimals[e]),
        };
    }

    private static string Binary(decimal value)
    {
        var power = 0;
        for (; power < Binaries.Length - 1 && value % 1024 == 0; power++)
            value /= 1024;
        return Text(value) + Binaries[power];
    }

    private static string Decimal(decimal value, Func<int, string> suffix)
    {
        if (value == 0)
            return "0" + suffix(0);
        var exponent = -9;
        value /= Nano;
        for (; exponent < 18 && value % 1000 == 0; exponent += 3)
            value /= 1000;
        return Text(value) + suffix(exponent);
    }

    private static string Text(decimal value) => value.ToString("0", CultureInfo.InvariantCulture);

    private static AmountFormat FormatOf(JsonNode node)
    {
        var text = node.GetValueKind() == JsonValueKind.String ? (string)node! : node.ToJsonString();
        if (text.EndsWith('i'))
            return AmountFormat.Binary;
        return text.AsSpan().IndexOfAny("eE") is > 0 and var at && at < text.Length - 1 ? AmountFormat.Exponent : AmountFormat.Decimal;
    }
}
