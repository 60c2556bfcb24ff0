using System.Formats.Tar;
using Tandem.Images.Layers;
using Tandem.Processes;

namespace Tandem.Images.Packages;

/// <summary>Unpacks a Debian package as an image wants it: no maintainer scripts run, no documentation.</summary>
internal static class PackageFiles
{
    private static readonly string[] Unwanted =
        ["usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/bug", "var/log", "run"];

    private static readonly string[] Merged = ["bin", "sbin", "lib", "lib64"];

    public static async Task<IReadOnlyList<LayerEntry>> ReadAsync(string package, CancellationToken cancellationToken)
    {
        using var process = ProcessRunner.StartPiped(new Command("dpkg-deb", "--fsys-tarfile", package));
        try
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var entries = await ReadTarAsync(process.StandardOutput.BaseStream, cancellationToken);
            await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? entries : throw new PackageUnavailableException([Path.GetFileName(package)], await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    internal static async Task<IReadOnlyList<LayerEntry>> ReadTarAsync(Stream tar, CancellationToken cancellationToken)
    {
        var entries = new List<LayerEntry>();
        var contents = new Dictionary<string, FileContent>(StringComparer.Ordinal);
        await using var reader = new TarReader(tar, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var path = Normalize(entry.Name);
            if (path.Length == 0 || Unwanted.Any(u => path == u || path.StartsWith(u + "/", StringComparison.Ordinal)))
                continue;
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    entries.Add(new DirectoryEntry(path, entry.Mode));
                    break;
                case TarEntryType.SymbolicLink:
                    entries.Add(new LinkEntry(path, entry.LinkName));
                    break;
                case TarEntryType.HardLink:
                    entries.Add(new FileEntry(path, entry.Mode, contents[Normalize(entry.LinkName)]));
                    break;
                default:
                    var content = new MemoryStream();
                    if (entry.DataStream is { } data)
                        await data.CopyToAsync(content, cancellationToken);
                    contents[path] = FileContent.Of(content.ToArray());
                    entries.Add(new FileEntry(path, entry.Mode, contents[path]));
                    break;
            }
        }

        return entries;
    }

    /// <summary>As on every installed Debian 12, <c>/bin</c>, <c>/lib</c> and their like are links into <c>/usr</c>.</summary>
    internal static string Normalize(string name)
    {
        var path = (name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name).Trim('/');
        var first = path.Split('/', 2)[0];
        return path == "." ? "" : Merged.Contains(first) ? "usr/" + path : path;
    }
}
