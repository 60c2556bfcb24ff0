using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tandem.Cli.Embedded;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Images;

namespace Tandem.Cli.Commands.Images;

/// <summary><c>tandem images</c>: which images the clusters have, and where each came from.</summary>
internal static class ImagesCommand
{
    private const double Mebibyte = 1024 * 1024;

    public static Command Create()
    {
        var (file, state, output) = (CommonOptions.File(), CommonOptions.State(), CommonOptions.Output());
        var command = new Command("images", "List the images on both clusters' nodes, and where each came from.") { file, state, output, ImagesBuildCommand.Create() };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            var clusters = ClusterAccess.Open(spec, new StateFolder(spec.Name, parsed.GetRequiredValue(state)));
            var read = await Task.WhenAll(clusters.Select(async c =>
                (c.Name, await c.ListAsync("v1", "Node", cancellationToken), await c.ListAsync("v1", "Pod", cancellationToken))));
            var images = ImageList.Of(read, await new ImageRecords(StateFolder.ImageCache).ReadAsync(cancellationToken));
            foreach (var cluster in clusters)
                cluster.Dispose();
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(images);
            else
                Print(images);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(IReadOnlyList<ImageReport> images)
    {
        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = 200;
        var table = new Table().Border(TableBorder.None).AddColumns("IMAGE", "SIZE", "CLUSTERS", "PODS", "FROM");
        foreach (var i in images)
            table.AddRow(
                Markup.Escape(i.Image),
                string.Create(CultureInfo.InvariantCulture, $"{i.SizeBytes / Mebibyte:0.0} MiB"),
                string.Join(", ", i.Clusters),
                i.Pods.ToString(CultureInfo.InvariantCulture),
                Markup.Escape($"{i.Source} from {i.From}"));
        console.Write(table);
    }
}
