using System.Globalization;
using Tandem.Kubernetes.Node.Volumes;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Node.Volumes;

public sealed class VolumeOwnershipTests : IDisposable
{
    private const long Group = 2000;

    private readonly string _folder = Directory.CreateTempSubdirectory("owned").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task GiveToGroup_VolumeWithALinkOutOfIt_LeavesWhatItLeadsTo()
    {
        var (volume, outside) = (Directory.CreateDirectory(Path.Combine(_folder, "v")).FullName, Directory.CreateDirectory(Path.Combine(_folder, "o")).FullName);
        await File.WriteAllTextAsync(Path.Combine(outside, "secret"), "");
        await File.WriteAllTextAsync(Path.Combine(volume, "own"), "");
        File.CreateSymbolicLink(Path.Combine(volume, "link"), outside);

        VolumeOwnership.GiveToGroup(volume, Group, policy: null);

        Assert.Equal(
            $"{Group} 2775\n{Group} 664\n0 644\n0 755\n",
            (await ProcessRunner.RunCheckedAsync(new Command("stat", "-c", "%g %a", volume, Path.Combine(volume, "own"), Path.Combine(outside, "secret"), outside))).Output);
    }

    [Theory]
    [InlineData("OnRootMismatch", 0)]
    [InlineData("Always", Group)]
    [InlineData(null, Group)]
    public async Task GiveToGroup_FolderThatIsTheGroupsAlready_IsLeftByOnRootMismatchOnly(string? policy, long expected)
    {
        VolumeOwnership.GiveToGroup(_folder, Group, policy);
        var late = Path.Combine(_folder, "late");
        await File.WriteAllTextAsync(late, "");
        await ProcessRunner.RunCheckedAsync(new Command("chgrp", "0", late));

        VolumeOwnership.GiveToGroup(_folder, Group, policy);

        Assert.Equal(expected.ToString(CultureInfo.InvariantCulture), (await ProcessRunner.RunCheckedAsync(new Command("stat", "-c", "%g", late))).Output.Trim());
    }
}
