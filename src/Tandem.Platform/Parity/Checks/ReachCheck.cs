namespace Tandem.Platform.Parity.Checks;

/// <summary>What was not seen is never taken to be in order.</summary>
internal static class ReachCheck
{
    public static IEnumerable<Finding> Of(ParityView view) => view.Clusters.Where(c => !c.IsSeen).Select(c => new Finding(
        "not-seen", FindingSeverity.Blocks, c.Name, null, c.Trouble!, "see what is the matter with tandem status; nothing is concluded, and nothing changed, until it answers"));
}
