using System.CommandLine;
using Tandem.Cli.Embedded;
using Tandem.Host;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> File() => new("--file", "-f")
    {
        Description = "The platform file.", DefaultValueFactory = _ => "platform.yaml", HelpName = "FILE",
    };

    public static Option<string> State() => new("--state")
    {
        Description = "The folder that holds the platforms' state.", DefaultValueFactory = _ => StateFolder.DefaultRoot, HelpName = "FOLDER",
    };

    public static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o") { Description = "text or json.", DefaultValueFactory = _ => "text", HelpName = "FORMAT" };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }

    /// <summary>Reads the platform file.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static PlatformSpec Load(string path) => System.IO.File.Exists(path)
        ? PlatformFile.Load(path, ImageRecipes.Names)
        : throw new UsageException($"there is no platform file '{path}'; name one with -f, or run in a folder with a platform.yaml");
}
