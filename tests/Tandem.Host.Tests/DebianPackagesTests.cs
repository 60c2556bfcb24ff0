using Tandem.Host.Prerequisites;

namespace Tandem.Host.Tests;

public sealed class DebianPackagesTests
{
    [Fact]
    public async Task InstallAsync_PackageThatDoesNotExist_NamesItAndLeavesNoPolicyBehind()
    {
        var before = File.Exists("/usr/sbin/policy-rc.d");

        var failure = await Assert.ThrowsAsync<PackagesNotInstalledException>(
            () => DebianPackages.InstallAsync(["no-such-package-of-debian"], CancellationToken.None));

        Assert.Equal(["no-such-package-of-debian"], failure.Packages);
        Assert.Contains("no-such-package-of-debian", failure.Message);
        Assert.Equal(before, File.Exists("/usr/sbin/policy-rc.d"));
    }
}
