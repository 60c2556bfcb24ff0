namespace Tandem.EndToEnd.Tests.Releases;

/// <summary>A copy of the shipped applications that a test changes and deploys.</summary>
internal sealed class ReleaseFolder : IDisposable
{
    public ReleaseFolder()
    {
        foreach (var file in Directory.GetFiles(System.IO.Path.Combine(TandemCommand.Root, "apps", "developer-services")))
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("tandem-release-").FullName;

    public void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text);

    public void Remove(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    /// <summary>Changes a text that has to be there.</summary>
    public void Replace(string name, string what, string by)
    {
        var path = System.IO.Path.Combine(Path, name);
        var text = File.ReadAllText(path);
        Assert.Contains(what, text);
        File.WriteAllText(path, text.Replace(what, by, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
