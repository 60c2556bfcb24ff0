namespace Tandem.Host.Prerequisites;

/// <summary>apt could not install what is needed.</summary>
public sealed class PackagesNotInstalledException(IReadOnlyList<string> packages, string why)
    : Exception($"these Debian packages are needed and could not be installed: {string.Join(", ", packages)}\n{why}")
{
    /// <summary>The packages that were asked for.</summary>
    public IReadOnlyList<string> Packages { get; } = packages;
}
