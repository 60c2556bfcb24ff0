using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Images.Layout;

/// <summary>The JSON documents of an image (OCI image-spec 1.0), the same bytes for the same input.</summary>
internal static class Documents
{
    public const string LayerType = "application/vnd.oci.image.layer.v1.tar";
    public const string ConfigType = "application/vnd.oci.image.config.v1+json";
    public const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    // The config's inner members are spelt as Go spells them, the outer ones in lower case.
    private static readonly JsonSerializerOptions GoOptions = new(Options) { PropertyNamingPolicy = null };

    public static byte[] Layout { get; } = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();

    public static byte[] Config(ImageRecipe recipe, IEnumerable<string> layerDigests) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        created = "1970-01-01T00:00:00Z",
        architecture = Architecture,
        os = "linux",
        config = new
        {
            User = recipe.User.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Env = recipe.Environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}")
                .Prepend("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            recipe.Entrypoint,
            WorkingDir = recipe.WorkingDirectory,
            recipe.StopSignal,
        },
        // Layers are not compressed, so that a layer's digest is its diff id too.
        rootfs = new { type = "layers", diff_ids = layerDigests },
    }, GoOptions);

    public static byte[] Manifest(Descriptor config, IReadOnlyList<Descriptor> layers) =>
        JsonSerializer.SerializeToUtf8Bytes(new { SchemaVersion = 2, MediaType = ManifestType, config, layers }, Options);

    public static byte[] Index(IEnumerable<BuiltImage> images) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        SchemaVersion = 2,
        MediaType = IndexType,
        Manifests = images.Select(image => image.Manifest with
        {
            Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["io.containerd.image.name"] = image.Reference,
                ["org.opencontainers.image.ref.name"] = image.Tag,
            },
        }),
    }, Options);

    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => throw new PlatformNotSupportedException($"images cannot be built for {other}"),
    };
}
