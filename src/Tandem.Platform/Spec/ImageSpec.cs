namespace Tandem.Platform.Spec;

/// <summary>An image as a recipe file describes it: see docs/images.md.</summary>
/// <param name="File">The recipe's file, absolute.</param>
/// <param name="Name">The last part of the image's name.</param>
/// <param name="Version">The tag's first part; null where a package's version is.</param>
/// <param name="VersionOf">The package whose version is the tag's first part, else null.</param>
/// <param name="Packages">Debian packages, as apt names them.</param>
/// <param name="Files">What is laid over them.</param>
/// <param name="Entrypoint">The program and its first arguments.</param>
/// <param name="User">Numeric id of the user that the program runs as.</param>
/// <param name="Environment">Environment variables.</param>
/// <param name="WorkingDirectory">The folder that the program starts in.</param>
/// <param name="StopSignal">The signal that asks it to end; null means SIGTERM.</param>
public sealed record ImageSpec(
    string File, string Name, string? Version, string? VersionOf, IReadOnlyList<string> Packages, IReadOnlyList<ImageFileSpec> Files,
    IReadOnlyList<string> Entrypoint, int User, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory, string? StopSignal);

/// <summary>Something that is laid into an image. Exactly one of the last three is not null.</summary>
/// <param name="Path">Where in the image, absolute.</param>
/// <param name="Source">A file or folder of this machine, absolute; what is executable there is so in the image.</param>
/// <param name="Text">The content of a file.</param>
/// <param name="Link">The target of a symbolic link.</param>
public sealed record ImageFileSpec(string Path, string? Source, string? Text, string? Link);
