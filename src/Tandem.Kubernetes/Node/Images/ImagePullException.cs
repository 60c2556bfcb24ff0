namespace Tandem.Kubernetes.Node.Images;

/// <summary>An image is not there and could not be had; the container waits with this reason.</summary>
internal sealed class ImagePullException(string reason, string message) : Exception(message)
{
    /// <summary>ErrImagePull, ImagePullBackOff, ErrImageNeverPull or InvalidImageName.</summary>
    public string Reason { get; } = reason;
}
