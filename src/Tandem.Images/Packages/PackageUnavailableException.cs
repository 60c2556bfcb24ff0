namespace Tandem.Images.Packages;

/// <summary>A Debian package that an image needs cannot be had: no source offers it, or it could not be downloaded.</summary>
public sealed class PackageUnavailableException(IReadOnlyList<string> packages, string reason)
    : Exception($"cannot get the Debian package{(packages.Count == 1 ? "" : "s")} {string.Join(", ", packages)}: {reason}")
{
    /// <summary>The packages that could not be had.</summary>
    public IReadOnlyList<string> Packages { get; } = packages;
}
