namespace Tandem.Kubernetes.Node.Images.Credentials;

/// <summary>The names of images, as Docker abbreviates them: <c>nginx</c> is <c>docker.io/library/nginx</c>.</summary>
internal static class ImageName
{
    /// <summary>Host and path without tag and digest; what credentials are chosen by.</summary>
    public static string Repository(string image)
    {
        var name = image.Split('@')[0];
        var slash = name.LastIndexOf('/');
        if (name.IndexOf(':', slash + 1) is var colon and >= 0)
            name = name[..colon];
        var first = name.Split('/')[0];
        if (first.Length < name.Length && (first.AsSpan().ContainsAny('.', ':') || first == "localhost"))
            return name;
        return first.Length < name.Length ? "docker.io/" + name : "docker.io/library/" + name;
    }
}
