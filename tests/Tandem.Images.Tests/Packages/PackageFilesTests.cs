using Tandem.Images.Packages;

namespace Tandem.Images.Tests.Packages;

public class PackageFilesTests
{
    [Theory]
    [InlineData("./", "")]
    [InlineData("./lib/x86_64-linux-gnu/libc.so.6", "usr/lib/x86_64-linux-gnu/libc.so.6")]
    [InlineData("./bin/busybox", "usr/bin/busybox")]
    [InlineData("./lib64/ld-linux-x86-64.so.2", "usr/lib64/ld-linux-x86-64.so.2")]
    [InlineData("./usr/lib/", "usr/lib")]
    [InlineData("./library/x", "library/x")]
    public void Normalize_NameInAPackage_IsThePathOnAMergedSystem(string name, string path) =>
        Assert.Equal(path, PackageFiles.Normalize(name));
}
