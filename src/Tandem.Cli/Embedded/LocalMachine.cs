using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Host.Networking;
using Tandem.Host.Prerequisites;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>Brings up what a platform runs on this machine: packages, images, and the supervisor with its processes.</summary>
internal static class LocalMachine
{
    /// <summary>Whether anything of a platform runs here at all.</summary>
    public static bool IsNeeded(PlatformSpec spec) => spec.Clusters.Any(c => c.IsEmbedded) || spec.LoadBalancer.Cloudflare is null;

    /// <returns>The images that were built for it.</returns>
    public static async Task<BuiltImages> StartAsync(
        PlatformSpec spec, string file, StateFolder state, string stateRoot, Progress progress, CancellationToken cancellationToken)
    {
        var missing = DebianPackages.Missing();
        if (missing.Count > 0)
        {
            progress.Say($"installing Debian packages: {string.Join(", ", missing)}");
            await DebianPackages.InstallAsync(missing, cancellationToken);
        }

        var images = BuiltImages.None;
        if (spec.Clusters.Any(c => c.IsEmbedded))
        {
            progress.Say("building images");
            images = await BuiltImages.BuildAsync(spec, StateFolder.ImageCache, cancellationToken);
        }

        state.Create(spec.Clusters.Where(c => c.IsEmbedded).Select(c => c.Name));
        LoadBalancerAccess.EnsureToken(state);
        var plan = HostPlans.Of(spec, file, Programs.Stage(state), images, NotificationPlans.Write(spec, state));
        PortCheck.Check(plan, state);
        await new PlatformNetwork(plan).CheckAsync(cancellationToken);
        progress.Say(await HostKeeper.EnsureAsync(plan, state, stateRoot, TimeProvider.System, cancellationToken) ? "starting the clusters" : "the clusters are running");
        return images;
    }
}
