namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>A file to be shown in a volume.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Mode">Its permission bits.</param>
internal sealed record VolumeFile(byte[] Content, UnixFileMode Mode);
