using Tandem.Images.Layers;

namespace Tandem.Images;

/// <summary>All that makes an image: equal recipes on equal inputs give equal bytes.</summary>
/// <param name="Name">Repository without tag, as <c>tandem.local/nginx</c>. It says what is inside.</param>
/// <param name="Version">How the tag's first part is found.</param>
/// <param name="Layers">From the lowest up.</param>
/// <param name="Entrypoint">The program and its first arguments.</param>
public sealed record ImageRecipe(string Name, ImageVersion Version, IReadOnlyList<LayerRecipe> Layers, IReadOnlyList<string> Entrypoint)
{
    /// <summary>Numeric user id that the program runs as unless the pod says otherwise.</summary>
    public int User { get; init; } = 65532;

    /// <summary>Where the recipe is from, for people: a file's path, or the name of one of Tandem's own. No part of the image.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder that the program starts in.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The signal that asks the program to end; null means SIGTERM.</summary>
    public string? StopSignal { get; init; }
}

/// <summary>The part of an image's tag before the hash.</summary>
public abstract record ImageVersion
{
    /// <summary>The upstream version of a Debian package in one of the image's layers.</summary>
    public static ImageVersion OfPackage(string package) => new PackageVersion(package);

    /// <summary>A version known beforehand.</summary>
    public static ImageVersion Fixed(string version) => new FixedVersion(version);
}

internal sealed record PackageVersion(string Package) : ImageVersion;

internal sealed record FixedVersion(string Version) : ImageVersion;
