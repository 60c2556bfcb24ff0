namespace Tandem.Host.Supervision;

/// <summary>Files that are there whole or not at all, also when their writer is killed.</summary>
internal static class WholeFile
{
    /// <summary>Writes it beside its place and moves it there.</summary>
    public static void Write(string path, string text)
    {
        var temporary = path + ".new";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
