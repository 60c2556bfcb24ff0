using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Antlr4.Runtime.Tree;
using Cel;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>A compiled expression of the Common Expression Language. See https://kubernetes.io/docs/reference/using-api/cel/.</summary>
internal sealed partial class CelExpression
{
    /// <summary>As long as kube-apiserver allows.</summary>
    private const int MaxLength = 10 * 1024;

    private static readonly CelEnvironment Environment = CelFunctions.CreateEnvironment();
    private static readonly Lock Compiling = new();
    private static readonly ConcurrentDictionary<string, CelExpression> Known = new(StringComparer.Ordinal);

    private readonly CelProgramDelegate _program;

    private CelExpression(CelProgramDelegate program, bool usesOld)
    {
        _program = program;
        UsesOld = usesOld;
    }

    /// <summary>Whether it is a transition rule, which compares with the value before.</summary>
    public bool UsesOld { get; }

    /// <exception cref="CelException">It does not parse, or calls a function that is not known here.</exception>
    public static CelExpression Compile(string text) => Known.GetOrAdd(text, static t =>
    {
        if (t.Length > MaxLength)
            throw new CelException($"longer than {MaxLength} characters");
        lock (Compiling)
        {
            var tree = Environment.Parse(t);
            var tokens = Tokens(tree).ToList();
            foreach (var (name, next) in tokens.Zip(tokens.Skip(1)))
                if (next == "(" && Identifier().IsMatch(name) && !CelFunctions.Names.Contains(name))
                    throw new CelException($"undeclared reference to '{name}' (in container '')");
            return new CelExpression(Environment.Compile(tree), tokens.Contains("oldSelf"));
        }
    });

    /// <param name="self">The value, as <see cref="CelValue"/> makes it.</param>
    /// <param name="oldSelf">The value before.</param>
    /// <exception cref="CelException">It could not be evaluated.</exception>
    public object? Evaluate(object? self, object? oldSelf) =>
        _program(new Dictionary<string, object?> { ["self"] = self, ["oldSelf"] = oldSelf }!);

    private static IEnumerable<string> Tokens(IParseTree tree) => tree is ITerminalNode leaf
        ? [leaf.GetText()]
        : Enumerable.Range(0, tree.ChildCount).SelectMany(i => Tokens(tree.GetChild(i)));

    [GeneratedRegex(@"\A(?!in\z)[A-Za-z_]\w*\z")]
    private static partial Regex Identifier();
}
