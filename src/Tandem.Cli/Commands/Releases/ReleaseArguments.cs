using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.Failover;
using Tandem.Platform.History;
using Tandem.Platform.Releases;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands.Releases;

/// <summary>The options of all commands that make a release.</summary>
internal sealed class ReleaseArguments
{
    private readonly Option<string> _file = CommonOptions.File();
    private readonly Option<string> _state = CommonOptions.State();
    private readonly Option<string> _output = CommonOptions.Output();
    private readonly Option<bool> _degraded = new("--allow-degraded") { Description = "Go on with one cluster where the other cannot be reached; it is brought up later." };
    private readonly Option<int> _timeout = Seconds("--timeout", "How long each cluster may take to work.", 180, 1);
    private readonly Option<int> _wait = Seconds("--wait", "How long to wait for another deployment to end.", 60, 0);
    private readonly Option<string?> _reason = Audit.Reason();
    private readonly Option<string?> _override = Audit.Override();

    public static Argument<string[]> Paths() => new("PATH")
    {
        Description = "Manifests, folders and kustomizations: all that the platform is to run. Without any, the apps of the platform file.", Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The objects of the paths, or of the platform file.</summary>
    /// <exception cref="UsageException">A path does not exist, or there is nothing in them.</exception>
    /// <exception cref="ManifestException">One is not a manifest.</exception>
    public static async Task<IReadOnlyList<JsonObject>> ObjectsAsync(string[]? paths, PlatformSpec spec, CancellationToken cancellationToken)
    {
        var sources = paths is { Length: > 0 } ? paths : spec.Apps;
        if (sources.FirstOrDefault(p => !File.Exists(p) && !Directory.Exists(p)) is { } missing)
            throw new UsageException($"there is no '{missing}'");
        var objects = await ManifestFiles.LoadAsync(sources, cancellationToken);
        return objects.Count > 0 ? objects : throw new UsageException("there is no object in it; a release of nothing would delete all that runs");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _file, _state, _output, _degraded, _timeout, _wait, _reason, _override })
            command.Add(option);
    }

    public (PlatformSpec Spec, StateFolder State, bool Json) Read(ParseResult parsed)
    {
        var spec = CommonOptions.Load(parsed.GetRequiredValue(_file));
        return (spec, new StateFolder(spec.Name, parsed.GetRequiredValue(_state)), parsed.GetRequiredValue(_output) == "json");
    }

    public bool IsDegraded(ParseResult parsed) => parsed.GetValue(_degraded);

    public ReleaseOptions Options(ParseResult parsed, ReleaseOptions options) => options with
    {
        AllowDegraded = parsed.GetValue(_degraded),
        Timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout)),
        Wait = TimeSpan.FromSeconds(parsed.GetValue(_wait)),
        Reason = parsed.GetValue(_reason),
    };

    /// <summary>Makes a release, if no safety rule stands against it, and writes into the history what came of it.</summary>
    public async Task<Release?> RunAsync(
        string action, ParseResult parsed, PlatformSpec spec, ReleaseSession session, Progress progress, Func<Task<Release?>> work)
    {
        Release? release = null;
        await AuditAsync(
            action, parsed, spec, session, progress, SafetyRules.Broken(spec.Safety, TimeProvider.System.GetUtcNow(), lastMoved: null), async () =>
            {
                release = await work();
                return release is null ? null : $"release {release.Number}{(release.RollbackTo is { } to ? $", as {to} was" : "")}";
            });
        return release;
    }

    /// <summary>Does something and writes into the history what came of it; see <see cref="Audit.RunAsync"/>.</summary>
    public Task AuditAsync(
        string action, ParseResult parsed, PlatformSpec spec, ReleaseSession session, Progress progress, IReadOnlyList<string> broken, Func<Task<string?>> work) =>
        new Audit(new HistoryStore(session.Clusters, spec.Name), progress)
            .RunAsync(action, parsed.GetValue(_reason), parsed.GetValue(_override), broken, work);

    private static Option<int> Seconds(string name, string description, int value, int least)
    {
        var option = new Option<int>(name) { Description = $"{description} Seconds, {least} to 3600.", DefaultValueFactory = _ => value, HelpName = "SECONDS" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var given && (given < least || given > 3600))
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be {least} to 3600 seconds"));
        });
        return option;
    }
}
