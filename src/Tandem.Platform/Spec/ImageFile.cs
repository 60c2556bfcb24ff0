using System.Text.RegularExpressions;

namespace Tandem.Platform.Spec;

/// <summary>Reads the recipe of an image. See docs/images.md.</summary>
public static partial class ImageFile
{
    private const int LargestUser = 65535;

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file; relative paths in it are relative to its folder.</param>
    /// <exception cref="InvalidSpecException">It has mistakes: all of them are in the exception.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ImageSpec Load(string path) => SpecFile.Load(path, root => Read(root, Path.GetFullPath(path)));

    private static ImageSpec Read(SpecNode root, string file)
    {
        SpecFile.ReadKind(root, "Image");
        var metadata = root.Field("metadata");
        var name = metadata.Field("name").Matching(Label(), "must be lower-case letters, digits and '-', at most 40 characters, beginning and ending with a letter or digit");
        metadata.Close();
        var spec = root.Field("spec");
        var packages = spec.Field("packages").Items().Select(p => p.Matching(Package(), "is not the name of a Debian package")).ToList();
        var (version, versionOf) = Version(spec.Field("version"), packages);
        var entrypoint = spec.Field("entrypoint");
        if (!entrypoint.IsPresent)
            entrypoint.Error("is required: the program and its first arguments");
        var result = new ImageSpec(
            file,
            name,
            version,
            versionOf,
            packages,
            [.. spec.Field("files").Items().Select(f => File(f, Path.GetDirectoryName(file)!))],
            [.. entrypoint.Items().Select(a => a.Text())],
            spec.Field("user").Number(65532, 0, LargestUser),
            spec.Field("environment").Fields().ToDictionary(e => e.Name, e => e.Value.Text()),
            spec.Field("workingDirectory").Matching(Absolute(), "must be an absolute path", "/"),
            spec.Field("stopSignal") is { IsPresent: true } signal ? signal.Matching(Signal(), "must be the name of a signal, such as SIGQUIT") : null);
        spec.Close();
        root.Close();
        return result;
    }

    private static (string? Version, string? Package) Version(SpecNode node, List<string> packages)
    {
        if (!node.IsMapping)
            return (node.Matching(Tag(), "must be letters, digits, '.', '_' and '-', at most 60 characters"), null);
        var package = node.Field("package");
        if (package.Text() is { Length: > 0 } name && !packages.Contains(name))
            package.Error($"'{name}' is not among spec.packages");
        node.Close();
        return (null, package.Text(""));
    }

    private static ImageFileSpec File(SpecNode node, string folder)
    {
        var (source, text, link) = (node.Field("source"), node.Field("text"), node.Field("link"));
        var path = node.Field("path").Matching(Absolute(), "must be an absolute path, without '.' and '..'");
        if (new[] { source, text, link }.Count(f => f.IsPresent) != 1)
            node.Error("needs one of source, text and link");
        var result = new ImageFileSpec(
            path,
            source.IsPresent ? SpecFile.Existing(source, folder) : null,
            text.IsPresent ? text.Text() : null,
            link.IsPresent ? link.Text() : null);
        node.Close();
        return result;
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9+.-]{1,99}\z")]
    private static partial Regex Package();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,59}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\A(/|(/(?!\.{1,2}(/|\z))[^/\0]+)+)\z")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"\ASIG[A-Z0-9]{2,8}\z")]
    private static partial Regex Signal();
}
