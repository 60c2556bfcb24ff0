using System.Globalization;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>
/// Shows a set of files in a folder so that a reader sees either all of the old or all of the new ones: they are written to
/// a folder of their own, which the link <c>..data</c> is switched to at one instant. The layout is the kubelet's.
/// </summary>
internal static class AtomicWriter
{
    private const string Data = "..data";

    /// <summary>Writes the files; does nothing where they are already so.</summary>
    /// <param name="folder">The volume's folder; made if missing.</param>
    /// <param name="files">By path relative to the folder.</param>
    /// <param name="user">Owner, or -1.</param>
    /// <param name="group">Owning group, or -1.</param>
    /// <param name="now">Names the new folder.</param>
    public static void Write(string folder, IReadOnlyDictionary<string, VolumeFile> files, long user, long group, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var data = Path.Combine(folder, Data);
        if (Same(data, files))
            return;

        var old = new FileInfo(data).LinkTarget;
        var name = string.Create(CultureInfo.InvariantCulture, $"..{now:yyyy_MM_dd_HH_mm_ss}.{Random.Shared.NextInt64(1_000_000_000, 9_999_999_999)}");
        WriteAll(Path.Combine(folder, name), files, user, group);
        var temporary = Path.Combine(folder, "..data_tmp");
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, name);
        LinuxFiles.Rename(temporary, data);
        ShowEntries(folder, files.Keys.Select(path => path.Split('/')[0]).ToHashSet());
        if (old is not null && Path.Combine(folder, old) is var stale && Directory.Exists(stale))
            Directory.Delete(stale, recursive: true);
    }

    private static bool Same(string data, IReadOnlyDictionary<string, VolumeFile> files)
    {
        if (!Directory.Exists(data))
            return false;
        var present = Directory.EnumerateFiles(data + "/", "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(data, path)).ToHashSet();
        return present.SetEquals(files.Keys) && files.All(file =>
        {
            var path = Path.Combine(data, file.Key);
            return File.GetUnixFileMode(path) == file.Value.Mode && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Value.Content);
        });
    }

    private static void WriteAll(string folder, IReadOnlyDictionary<string, VolumeFile> files, long user, long group)
    {
        Directory.CreateDirectory(folder);
        foreach (var (path, file) in files)
        {
            var target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var stream = new FileStream(target, create))
                stream.Write(file.Content);
            LinuxFiles.ChangeOwner(target, user, group);
            File.SetUnixFileMode(target, file.Mode);
        }
    }

    private static void ShowEntries(string folder, HashSet<string> entries)
    {
        foreach (var entry in entries)
        {
            var link = Path.Combine(folder, entry);
            if (new FileInfo(link).LinkTarget is null)
                File.CreateSymbolicLink(link, $"{Data}/{entry}");
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            var entry = Path.GetFileName(path);
            if (!entry.StartsWith("..", StringComparison.Ordinal) && !entries.Contains(entry))
                File.Delete(path);
        }
    }
}
