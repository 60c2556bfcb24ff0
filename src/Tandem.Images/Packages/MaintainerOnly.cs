namespace Tandem.Images.Packages;

/// <summary>
/// Packages that others depend on only for their maintainer or init scripts. Nothing of these is
/// ever run in an image, so they and what only they depend on are left out.
/// </summary>
internal static class MaintainerOnly
{
    public static readonly IReadOnlyList<string> Packages =
    [
        "adduser", "debconf", "dpkg", "init-system-helpers", "install-info", "lsb-base", "passwd", "perl-base", "sysvinit-utils", "tar",
        "iproute2", // nginx-common's init script
    ];

    /// <summary>The list as a dpkg status file that says they are installed, beside what an image already holds.</summary>
    public static string StatusFile(IEnumerable<DebianPackage> installed)
    {
        var assumed = Packages.Select(name => new DebianPackage(name, "9999", "all"));
        return string.Concat(assumed.Concat(installed).Select(p =>
            $"Package: {p.Name}\nStatus: install ok installed\nPriority: optional\nSection: misc\nMaintainer: none\n"
            + $"Architecture: {p.Architecture}\nMulti-Arch: foreign\nVersion: {p.Version}\nDescription: part of the image\n\n"));
    }
}
