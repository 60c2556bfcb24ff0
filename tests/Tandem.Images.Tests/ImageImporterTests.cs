namespace Tandem.Images.Tests;

public class ImageImporterTests
{
    [Fact]
    public void Parse_ListingOfContainerd_GivesReferencesWithDigests()
    {
        const string listing = """
            REF                       TYPE                                       DIGEST        SIZE      PLATFORMS   LABELS
            tandem.local/pause:1-ab   application/vnd.oci.image.manifest.v1+json sha256:012345 2.0 MiB   linux/amd64 io.cri-containerd.image=managed

            """;

        Assert.Equal([("tandem.local/pause:1-ab", "sha256:012345")], ImageImporter.Parse(listing));
    }
}
