using System.Collections.Frozen;
using Cel;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// The functions that expressions may call: the standard ones, and of Kubernetes' libraries those of strings, lists and regular
/// expressions. See https://kubernetes.io/docs/reference/using-api/cel/#cel-options-language-features-and-libraries.
/// </summary>
internal static class CelFunctions
{
    private static readonly string[] Standard =
    [
        "size", "has", "all", "exists", "exists_one", "map", "filter", "matches", "startsWith", "endsWith", "contains", "string", "int", "uint", "double",
        "bytes", "bool", "dyn", "type", "duration", "timestamp", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
        "getHours", "getMinutes", "getSeconds", "getMilliseconds",
    ];

    private static readonly (string Name, Type[] Arguments, Func<object?[], object?> Function)[] Libraries =
    [
        ("charAt", [typeof(string), typeof(long)], a => Text(a, 0).Substring(Index(a, 1), Index(a, 1) < Text(a, 0).Length ? 1 : 0)),
        ("indexOf", [typeof(string), typeof(string)], a => (long)Text(a, 0).IndexOf(Text(a, 1), StringComparison.Ordinal)),
        ("lastIndexOf", [typeof(string), typeof(string)], a => (long)Text(a, 0).LastIndexOf(Text(a, 1), StringComparison.Ordinal)),
        ("lowerAscii", [typeof(string)], a => string.Concat(Text(a, 0).Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c))),
        ("upperAscii", [typeof(string)], a => string.Concat(Text(a, 0).Select(c => char.IsAsciiLetterLower(c) ? char.ToUpperInvariant(c) : c))),
        ("replace", [typeof(string), typeof(string), typeof(string)], a => Text(a, 0).Replace(Text(a, 1), Text(a, 2), StringComparison.Ordinal)),
        ("split", [typeof(string), typeof(string)], a => Text(a, 0).Split(Text(a, 1)).Cast<object?>().ToArray()),
        ("substring", [typeof(string), typeof(long)], a => Text(a, 0)[Index(a, 1)..]),
        ("substring", [typeof(string), typeof(long), typeof(long)], a => Text(a, 0)[Index(a, 1)..Index(a, 2)]),
        ("trim", [typeof(string)], a => Text(a, 0).Trim()),
        ("join", [typeof(object[])], a => string.Concat(List(a))),
        ("join", [typeof(object[]), typeof(string)], a => string.Join(Text(a, 1), List(a))),
        ("find", [typeof(string), typeof(string)], a => SchemaValidation.Pattern(Text(a, 1)).Match(Text(a, 0)).Value),
        ("isSorted", [typeof(object[])], a => List(a).Zip(List(a).Skip(1)).All(p => Comparer<object?>.Default.Compare(p.First, p.Second) <= 0)),
        ("min", [typeof(object[])], a => List(a).Min()),
        ("max", [typeof(object[])], a => List(a).Max()),
        ("sum", [typeof(object[])], a => List(a).All(v => v is long) ? List(a).Sum(v => (long)v!) : List(a).Sum(v => Convert.ToDouble(v, System.Globalization.CultureInfo.InvariantCulture))),
    ];

    public static FrozenSet<string> Names { get; } = Standard.Concat(Libraries.Select(l => l.Name)).ToFrozenSet();

    public static CelEnvironment CreateEnvironment()
    {
        var environment = new CelEnvironment(null, null);
        foreach (var (name, arguments, function) in Libraries)
            environment.RegisterFunction(name, arguments, values => Guarded(function, values)!);
        return environment;
    }

    private static object? Guarded(Func<object?[], object?> function, object?[] values)
    {
        try
        {
            return function(values);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or InvalidCastException or FormatException or OverflowException)
        {
            throw new CelException(e.Message, e);
        }
    }

    private static string Text(object?[] values, int at) => (string)values[at]!;

    private static int Index(object?[] values, int at) => checked((int)(long)values[at]!);

    private static object?[] List(object?[] values) => (object?[])values[0]!;
}
