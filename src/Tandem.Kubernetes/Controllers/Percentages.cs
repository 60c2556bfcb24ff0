using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Numbers that may be given as a part of a whole.</summary>
internal static class Percentages
{
    /// <summary>The number, or that part of the total.</summary>
    /// <param name="value">Such as 3 or 25%.</param>
    /// <param name="total">What 100% is.</param>
    /// <param name="roundUp">Where the part is not whole.</param>
    public static int Resolve(IntOrString value, int total, bool roundUp)
    {
        var text = value.Value;
        if (!text.EndsWith('%'))
            return int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var part = total * int.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture) / 100.0;
        return (int)(roundUp ? Math.Ceiling(part) : Math.Floor(part));
    }
}
