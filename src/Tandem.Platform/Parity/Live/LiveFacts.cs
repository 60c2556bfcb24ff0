namespace Tandem.Platform.Parity.Live;

/// <summary>What is known of an object; what its kind does not have is null.</summary>
public sealed record LiveFacts
{
    /// <summary>Nothing at all.</summary>
    public static readonly LiveFacts None = new();

    /// <summary>The hash that the release gave it, as its annotation says.</summary>
    public string? Hash { get; init; }

    /// <summary>Which of its fields are the release's: see <see cref="Releases.OwnedFields"/>.</summary>
    public string? Owned { get; init; }

    /// <summary>Of a Secret or ConfigMap: a keyed hash of its data. The data itself is not kept.</summary>
    public string? Data { get; init; }

    /// <summary>Of a CustomResourceDefinition: the versions that it serves, and a hash of what it says of them.</summary>
    public string? Served { get; init; }

    /// <summary>Of a Deployment, DaemonSet or StatefulSet.</summary>
    public LiveWorkload? Workload { get; init; }

    /// <summary>Of a Pod.</summary>
    public LivePod? Pod { get; init; }

    /// <summary>Of a Node.</summary>
    public LiveNode? Node { get; init; }

    /// <summary>Of a Secret with a certificate.</summary>
    public LiveCertificate? Certificate { get; init; }

    /// <summary>When somebody last wrote a field of it, as its managedFields say; null where they do not.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
}

/// <summary>How far a workload is.</summary>
/// <param name="Wanted">Pods that it wants.</param>
/// <param name="Exists">Pods that it has.</param>
/// <param name="Ready">Pods that are ready.</param>
/// <param name="Trouble">What is missing by its own word, such as "1 of 3 ready"; null for nothing.</param>
/// <param name="Each">What one of its pods requests.</param>
public sealed record LiveWorkload(int Wanted, int Exists, int Ready, string? Trouble, Resources Each);

/// <summary>A pod.</summary>
/// <param name="Requests">What it requests; nothing once it has ended.</param>
/// <param name="Images">Its images, and the digest that each has there.</param>
public sealed record LivePod(Resources Requests, IReadOnlyList<(string Image, string Digest)> Images);

/// <summary>A node.</summary>
/// <param name="Usable">Whether it is ready and takes pods.</param>
/// <param name="Allocatable">What its pods may request in all.</param>
public sealed record LiveNode(bool Usable, Resources Allocatable);

/// <summary>A certificate.</summary>
/// <param name="ExpiresAt">Its end; null where it cannot be read.</param>
/// <param name="Names">The DNS names it is for.</param>
public sealed record LiveCertificate(DateTimeOffset? ExpiresAt, IReadOnlyList<string> Names)
{
    /// <summary>Whether it is for a host. A wildcard covers one label (RFC 6125, section 6.4.3).</summary>
    public bool Covers(string host) => Names.Any(n => n.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (n.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && host[dot..].Equals(n[1..], StringComparison.OrdinalIgnoreCase)));
}
