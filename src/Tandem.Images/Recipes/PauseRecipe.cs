using Tandem.Images.Layers;

namespace Tandem.Images.Recipes;

/// <summary>The container that holds a pod's network namespace: it waits, and ends at once when asked to.</summary>
public static class PauseRecipe
{
    /// <summary>The recipe of <c>tandem.local/pause</c>.</summary>
    public static ImageRecipe Create() => new(
        "tandem.local/pause",
        ImageVersion.OfPackage("busybox-static"),
        [CommonLayers.Base, new DebianLayer("busybox-static"), new FilesLayer([LayerEntry.Pipe("pause")])],
        // Process 1 has no default signal actions, so the shell traps; reading a pipe that nobody writes costs no second process.
        ["/bin/busybox", "sh", "-c", "trap 'exit 0' TERM INT; read -r _ <>/pause"]);
}
