using Tandem.Images.Packages;

namespace Tandem.Images.Tests.Packages;

public class AptSimulationTests
{
    [Fact]
    public void Parse_InstallationOfTwoPackages_GivesThemByNameWithVersionAndArchitecture()
    {
        const string output = """
            Reading package lists...
            Inst zlib1g (1:1.2.13.dfsg-1 Debian:12.13/oldstable [amd64])
            Inst libssl3 [3.0.19-1~deb12u2] (3.0.22-1~deb12u2 Debian-Security:12/oldstable-security, Debian:12.13/oldstable [amd64]) []
            Conf zlib1g (1:1.2.13.dfsg-1 Debian:12.13/oldstable [amd64])
            """;

        var packages = AptSimulation.Parse(output);

        Assert.Equal([new("libssl3", "3.0.22-1~deb12u2", "amd64"), new("zlib1g", "1:1.2.13.dfsg-1", "amd64")], packages);
        Assert.Equal("zlib1g_1%3a1.2.13.dfsg-1_amd64.deb", packages[1].FileName);
        Assert.Equal("1.2.13.dfsg", packages[1].UpstreamVersion);
    }

    [Theory]
    [InlineData("E: Unable to locate package nosuch-package", "nosuch-package")]
    [InlineData("E: Package 'libc++1' has no installation candidate", "libc++1")]
    [InlineData("E: Package foo is not available, but is referred to by another package.", "foo")]
    public void Missing_ErrorOfApt_NamesThePackage(string error, string package) =>
        Assert.Equal([package], AptSimulation.Missing(error));
}
