namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>A volume cannot be set up, now or ever; the pod waits and it is tried again.</summary>
internal sealed class VolumeException(string volume, string message)
    : Exception($"MountVolume.SetUp failed for volume \"{volume}\" : {message}");
