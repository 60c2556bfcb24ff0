using System.Text;

namespace Tandem.Ingress.Translation;

/// <summary>Writes nginx's syntax. Whatever came from an object goes through <see cref="Quote"/>.</summary>
internal sealed class ConfigurationText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string directive) => _text.Append(' ', directive.Length == 0 ? 0 : 4 * _depth).Append(directive).Append('\n');

    public void Block(string head, Action content)
    {
        Line(head + " {");
        _depth++;
        content();
        _depth--;
        Line("}");
    }

    public override string ToString() => _text.ToString();

    /// <summary>
    /// The value as one quoted token. The second fence after validation: what could end a token, start a variable or an escape
    /// is a mistake in the translator, and no configuration is better than that one.
    /// </summary>
    public static string Quote(string value) =>
        value.All(c => c is > ' ' and < '\x7f' and not ('"' or '\'' or '\\' or '$' or ';' or '{' or '}' or '#'))
            ? $"\"{value}\""
            : throw new InvalidOperationException("a value that was not validated reached the nginx configuration");
}
