using System.CommandLine;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Images;

namespace Tandem.Cli.Commands.Images;

/// <summary><c>tandem images build</c>: an image from a recipe, for both clusters.</summary>
internal static class ImagesBuildCommand
{
    public static Command Create()
    {
        var (file, state, output) = (CommonOptions.File(), CommonOptions.State(), CommonOptions.Output());
        var recipe = new Argument<string>("RECIPE") { Description = "The file of a recipe, or one of Tandem's own: nginx, whoami." };
        var archive = new Option<string?>("--archive") { Description = "Write the image to this file as an OCI archive, and leave the clusters alone.", HelpName = "FILE" };
        var command = new Command("build", "Build an image from a recipe, and import it into both embedded clusters.") { recipe, archive, file, state, output };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(recipe);
            if (!ImageRecipes.Names.Contains(name) && !File.Exists(name))
                throw new UsageException($"there is no recipe '{name}': name a file, or one of {string.Join(", ", ImageRecipes.Names)}");
            Root.Require("images build");
            var sockets = parsed.GetValue(archive) is null ? Sockets(parsed.GetRequiredValue(file), parsed.GetRequiredValue(state)) : [];
            var progress = new Progress();
            progress.Say($"building {name}");
            var builder = new ImageBuilder(StateFolder.ImageCache);
            var image = await builder.BuildAsync(ImageRecipes.Find(name), cancellationToken);
            var built = await builder.ArchiveAsync([image], cancellationToken);
            foreach (var (cluster, socket) in sockets)
            {
                var imported = await new ImageImporter(socket).ImportAsync(built, [(image.Reference, image.Digest)], cancellationToken);
                progress.Say(imported.Count > 0 ? $"{cluster}: imported" : $"{cluster}: has it already");
            }

            if (parsed.GetValue(archive) is { } target)
                File.Copy(built, target, overwrite: true);
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(new { image = image.Reference, digest = image.Digest, clusters = sockets.Select(s => s.Cluster), archive = parsed.GetValue(archive) });
            else
                Console.WriteLine(image.Reference);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The containerds of the platform's embedded clusters.</summary>
    /// <exception cref="NotRunningException">The platform does not run.</exception>
    private static List<(string Cluster, string Socket)> Sockets(string file, string root)
    {
        var spec = CommonOptions.Load(file);
        var state = new StateFolder(spec.Name, root);
        if (spec.Clusters.All(c => !c.IsEmbedded))
            throw new UsageException("the clusters are not embedded: write an archive with --archive, and push it to their registry, with skopeo for one");
        if (!File.Exists(state.Plan))
            throw new NotRunningException($"platform {spec.Name} is not running; start it with: tandem up");
        var plan = HostPlan.Read(state.Plan);
        return [.. plan.Clusters.Select(c => (c.Name, ClusterProcesses.Options(plan, c, state).ContainerdSocket))];
    }
}
