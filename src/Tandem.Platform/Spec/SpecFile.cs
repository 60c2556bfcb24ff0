using Tandem.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Platform.Spec;

/// <summary>What the files of Tandem's own formats have in common.</summary>
internal static class SpecFile
{
    private const int MaxBytes = 1024 * 1024;

    /// <exception cref="InvalidSpecException">It has mistakes: all of them are in the exception.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T Load<T>(string path, Func<SpecNode, T> read) => new FileInfo(path).Length > MaxBytes
        ? throw new InvalidSpecException([new SpecError(path, 1, 1, $"larger than {MaxBytes} bytes")])
        : Parse(File.ReadAllText(path), path, read);

    /// <exception cref="InvalidSpecException">It has mistakes: all of them are in the exception.</exception>
    public static T Parse<T>(string text, string path, Func<SpecNode, T> read)
    {
        var errors = new List<SpecError>();
        IReadOnlyList<YamlNode> documents;
        try
        {
            documents = YamlText.Load(text);
        }
        catch (YamlException e)
        {
            throw new InvalidSpecException([new SpecError(path, e.Start.Line, e.Start.Column, e.Message)]);
        }

        if (documents.Count != 1)
            throw new InvalidSpecException([new SpecError(path, 1, 1, $"must hold one document, not {documents.Count}")]);
        var spec = read(new SpecNode(path, "", documents[0], new Mark(), errors));
        return errors.Count == 0 ? spec : throw new InvalidSpecException([.. errors.OrderBy(e => e.Line).ThenBy(e => e.Column)]);
    }

    /// <summary>The head of the file.</summary>
    public static void ReadKind(SpecNode root, string wanted)
    {
        if (root.Field("apiVersion").Text() is var version && version.Length > 0 && version != PlatformFile.ApiVersion)
            root.Field("apiVersion").Error($"'{version}' is not known; this Tandem reads {PlatformFile.ApiVersion}");
        if (root.Field("kind").Text() is var kind && kind.Length > 0 && kind != wanted)
            root.Field("kind").Error($"'{kind}' must be {wanted}");
    }

    /// <summary>A path that must exist, made absolute.</summary>
    public static string Existing(SpecNode node, string folder)
    {
        var text = node.Text();
        if (text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
        {
            if (node.IsPresent && text.Length > 0)
                node.Error("must be a path");
            return folder;
        }

        var path = Path.GetFullPath(text, folder);
        if (!Path.Exists(path))
            node.Error($"'{text}' does not exist (looked for {path})");
        return path;
    }
}
