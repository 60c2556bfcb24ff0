using System.CommandLine;
using Tandem.Cli.Output;
using Tandem.Host;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem down</c>: ends what runs on this machine for a platform.</summary>
internal static class DownCommand
{
    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var purge = new Option<bool>("--purge") { Description = "Delete the clusters' data as well." };
        var command = new Command("down", "Stop everything that 'up' started on this machine; the clusters' data stays unless --purge.") { file, state, purge };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            Root.Require("down");
            var folder = new StateFolder(spec.Name, parsed.GetRequiredValue(state));
            var progress = new Progress();
            using (PlatformLock.Take(folder))
            {
                if (!await new Teardown(folder, TimeProvider.System).RunAsync(progress.Say, cancellationToken))
                    progress.Say($"platform {spec.Name} is not running");
                if (parsed.GetValue(purge) && Directory.Exists(folder.Root))
                    Directory.Delete(folder.Root, recursive: true);
            }

            progress.Done($"platform {spec.Name} is down");
            return ExitCodes.Done;
        });
        return command;
    }
}
