namespace Tandem.Ingress.Tests.Translation;

/// <summary>Reads nginx's syntax as nginx does, far enough to tell which directives a file has.</summary>
internal static class Tokens
{
    /// <summary>The first word of each directive.</summary>
    public static IReadOnlyList<string> Directives(string text)
    {
        var directives = new List<string>();
        var atStart = true;
        foreach (var token in Split(text))
        {
            if (token is ";" or "{" or "}")
            {
                atStart = true;
            }
            else if (atStart)
            {
                directives.Add(token);
                atStart = false;
            }
        }

        return directives;
    }

    private static IEnumerable<string> Split(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '#')
            {
                while (i < text.Length && text[i] != '\n')
                    i++;
            }
            else if (c is ';' or '{' or '}')
            {
                yield return text[i++].ToString();
            }
            else
            {
                var start = i;
                if (c is '"' or '\'')
                {
                    for (i++; i < text.Length && text[i] != c; i++)
                        i += text[i] == '\\' ? 1 : 0;
                    i++;
                }
                else
                {
                    while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not (';' or '{' or '}'))
                        i++;
                }

                yield return text[start..Math.Min(i, text.Length)];
            }
        }
    }
}
