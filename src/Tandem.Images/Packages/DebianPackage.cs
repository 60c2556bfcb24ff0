namespace Tandem.Images.Packages;

/// <summary>A package that apt chose.</summary>
/// <param name="Name">Without architecture.</param>
/// <param name="Version">With epoch and Debian revision, as <c>1:2.3-4+deb12u1</c>.</param>
/// <param name="Architecture">As <c>amd64</c>, or <c>all</c>.</param>
internal sealed record DebianPackage(string Name, string Version, string Architecture)
{
    /// <summary>The version as the program's authors count it.</summary>
    public string UpstreamVersion
    {
        get
        {
            var withoutEpoch = Version[(Version.IndexOf(':') + 1)..];
            var revision = withoutEpoch.LastIndexOf('-');
            return revision < 0 ? withoutEpoch : withoutEpoch[..revision];
        }
    }

    /// <summary>The file that <c>apt-get download</c> writes: apt escapes the epoch's colon.</summary>
    public string FileName => $"{Name}_{Version.Replace(":", "%3a", StringComparison.Ordinal)}_{Architecture}.deb";
}
