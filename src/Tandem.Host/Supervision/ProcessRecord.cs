using System.Text.Json;

namespace Tandem.Host.Supervision;

/// <summary>The file that says which process runs under a name, so that the next supervisor takes it over instead of starting a second one.</summary>
/// <param name="Name">Such as hot-etcd.</param>
/// <param name="Process">Who it is.</param>
/// <param name="CommandHash">Of the command it was started with.</param>
/// <param name="StartedAt">When.</param>
/// <param name="Restarts">How often it was started again since <c>tandem up</c>.</param>
public sealed record ProcessRecord(string Name, ProcessIdentity Process, string CommandHash, DateTimeOffset StartedAt, int Restarts)
{
    /// <summary>Reads all records in a folder; half-written ones cannot exist.</summary>
    public static IReadOnlyList<ProcessRecord> ReadAll(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)] : [];

    /// <summary>The record of one name, or null.</summary>
    public static ProcessRecord? Find(string folder, string name) => File.Exists(PathOf(folder, name)) ? Read(PathOf(folder, name)) : null;

    /// <summary>Writes the record, whole or not at all.</summary>
    public void Write(string folder) => WholeFile.Write(PathOf(folder, Name), JsonSerializer.Serialize(this));

    /// <summary>Removes the record of a name.</summary>
    public static void Delete(string folder, string name) => File.Delete(PathOf(folder, name));

    private static ProcessRecord Read(string path) => JsonSerializer.Deserialize<ProcessRecord>(File.ReadAllBytes(path))!;

    private static string PathOf(string folder, string name) => Path.Combine(folder, name + ".json");
}
