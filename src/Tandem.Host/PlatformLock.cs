namespace Tandem.Host;

/// <summary>Only one command at a time changes a platform.</summary>
public sealed class PlatformLock : IDisposable
{
    private readonly FileStream _file;

    private PlatformLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; it is released when this process ends, however it ends.</summary>
    /// <exception cref="PlatformBusyException">Another command has it.</exception>
    public static PlatformLock Take(StateFolder state)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(state.Root)!);
        var path = state.Root + ".lock";
        try
        {
            // .NET takes an advisory flock(2) for FileShare.None.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new PlatformLock(file);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new PlatformBusyException($"another tandem command is working on this platform ({path} is locked); wait for it to end");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

/// <summary>Another command is working on the platform.</summary>
public sealed class PlatformBusyException(string message) : Exception(message);
