namespace Tandem.Kubernetes.Api.OpenApi;

/// <summary>
/// The descriptions of the API's types and fields, as the KubernetesClient package documents them. They are read when an OpenAPI
/// document is made, and not kept.
/// </summary>
internal sealed class Descriptions
{
    private readonly Dictionary<string, string> _texts;

    private Descriptions(Dictionary<string, string> texts) => _texts = texts;

    public static Descriptions Read()
    {
        using var stream = typeof(Descriptions).Assembly.GetManifestResourceStream("descriptions.txt")!;
        using var reader = new StreamReader(stream);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
            if (line.IndexOf('\t', StringComparison.Ordinal) is var tab and > 0)
                texts[line[..tab]] = line[(tab + 1)..];
        return new Descriptions(texts);
    }

    /// <summary>Of a wire type such as V1PodSpec, or of its member, such as V1PodSpec.HostPID; null where there is none.</summary>
    public string? Of(string type, string? member = null) =>
        _texts.GetValueOrDefault(member is null ? type : $"{type}.{member}") is { Length: > 0 } text ? text : null;
}
