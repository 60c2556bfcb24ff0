using System.Text;
using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Kubernetes.Tests.Node.Volumes;

public sealed class AtomicWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("atomic").FullName;

    [Fact]
    public void Write_Changed_SwitchesAllFilesAndRemovesStaleOnes()
    {
        Write(("a", "1"), ("sub/b", "2"));
        var first = new FileInfo(Path.Combine(_folder, "..data")).LinkTarget!;
        Write(("a", "3"));
        Assert.Equal("3", File.ReadAllText(Path.Combine(_folder, "a")));
        Assert.Equal("..data/a", new FileInfo(Path.Combine(_folder, "a")).LinkTarget);
        Assert.False(Path.Exists(Path.Combine(_folder, "sub")));
        Assert.False(Directory.Exists(Path.Combine(_folder, first)));
    }

    [Fact]
    public void Write_Unchanged_LeavesEverythingAsItIs()
    {
        Write(("a", "1"), ("sub/b", "2"));
        var first = new FileInfo(Path.Combine(_folder, "..data")).LinkTarget;
        Write(("a", "1"), ("sub/b", "2"));
        Assert.Equal(first, new FileInfo(Path.Combine(_folder, "..data")).LinkTarget);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(params (string Path, string Text)[] files) => AtomicWriter.Write(
        _folder, files.ToDictionary(f => f.Path, f => new VolumeFile(Encoding.UTF8.GetBytes(f.Text), (UnixFileMode)256)), -1, -1, TimeProvider.System.GetUtcNow());
}
