using System.CommandLine;
using System.Net;
using Tandem.Host;
using Tandem.Platform.Drills;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Commands;

/// <summary>The options that all drills have.</summary>
internal sealed class DrillOptions
{
    /// <summary>More would measure this machine and not the platform.</summary>
    private const int MostRequests = 1000;

    private const int DnsPort = 53;

    private readonly Option<string> _file = CommonOptions.File();
    private readonly Option<string> _state = CommonOptions.State();
    private readonly Option<string> _output = CommonOptions.Output();
    private readonly Option<int> _rate = new("--rate") { Description = $"Requests a second, 1 to {MostRequests}.", DefaultValueFactory = _ => 10, HelpName = "N" };
    private readonly Option<string?> _report = new("--report") { Description = "Write the report with its timeline as one HTML file.", HelpName = "FILE" };
    private readonly Option<string[]> _yesOn = new("--yes-on") { Description = "Allow it on a cluster that is not embedded.", DefaultValueFactory = _ => [], HelpName = "CLUSTER" };

    private readonly Option<string?> _dns = new("--dns")
    {
        Description = "Ask this DNS server in the clients' place; by default the embedded load balancer's, or this machine's resolvers.",
        HelpName = "ADDRESS[:PORT]",
    };

    public void AddTo(Command command)
    {
        _rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostRequests)
                result.AddError($"--rate must be 1 to {MostRequests} requests a second");
        });
        foreach (var option in new Option[] { _file, _state, _output, _rate, _report, _yesOn, _dns })
            command.Add(option);
    }

    /// <exception cref="UsageException">The platform file, or the folder of the report, is not there.</exception>
    public DrillValues Of(ParseResult parsed)
    {
        var spec = CommonOptions.Load(parsed.GetRequiredValue(_file));
        var report = parsed.GetValue(_report);
        if (report is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(report))))
            throw new UsageException($"the folder of '{report}' does not exist; make it first");
        IPEndPoint? dns = null;
        if (parsed.GetValue(_dns) is { } text && !IPEndPoint.TryParse(text, out dns))
            throw new UsageException($"--dns must be an IP address, with a port or without, not '{text}'");
        return new DrillValues(
            spec,
            new StateFolder(spec.Name, parsed.GetRequiredValue(_state)),
            parsed.GetRequiredValue(_output) == "json",
            parsed.GetRequiredValue(_rate),
            report,
            parsed.GetRequiredValue(_yesOn),
            dns is { Port: 0 } ? new IPEndPoint(dns.Address, DnsPort) : dns);
    }
}

/// <summary>Their values.</summary>
internal sealed record DrillValues(PlatformSpec Spec, StateFolder State, bool Json, int Rate, string? Report, IReadOnlyCollection<string> YesOn, IPEndPoint? Dns)
{
    /// <summary>Writes the HTML where it was asked for.</summary>
    public void WriteReport(IReadOnlyList<DrillReport> reports)
    {
        if (Report is not null)
            File.WriteAllText(Report, Tandem.Platform.Drills.Html.HtmlReport.Of(Spec.Hostname, reports));
    }
}
