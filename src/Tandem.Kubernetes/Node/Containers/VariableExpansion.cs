using System.Text;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary><c>$(NAME)</c> in commands, arguments and environment values; <c>$$</c> is a plain dollar, the unknown stays.</summary>
internal static class VariableExpansion
{
    /// <param name="text">The text.</param>
    /// <param name="variables">The values by name.</param>
    /// <param name="unknown">Gets the names that have none.</param>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables, ICollection<string>? unknown = null)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
            return text;

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
            }
            else if (text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (text[i + 1] == '(' && text.IndexOf(')', i + 2) is var end and > 0)
            {
                var name = text[(i + 2)..end];
                if (variables.TryGetValue(name, out var value))
                    result.Append(value);
                else
                    result.Append($"$({name})");
                if (value is null)
                    unknown?.Add(name);
                i = end;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }
}
