using System.Net;
using Tandem.Processes;

namespace Tandem.Bench.Detection;

/// <summary>A bridge with hosts on it, as a platform has, each in a network namespace of its own.</summary>
internal sealed class Lab : IAsyncDisposable
{
    private const string Bridge = "tdbench";
    private const string Range = "10.98.0.";
    private const int FirstHost = 10;
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-lab-").FullName;
    private readonly int _count;

    private Lab(int count)
    {
        _count = count;
        Targets = [.. Enumerable.Range(0, count).Select(i => new Target(_folder, Namespace(i), Link(i), IPAddress.Parse($"{Range}{FirstHost + i}")))];
    }

    public IReadOnlyList<Target> Targets { get; }

    public static async Task<Lab> CreateAsync(int count)
    {
        var lab = new Lab(count);
        await lab.IpAsync([$"link add {Bridge} type bridge", $"address add {Range}1/24 dev {Bridge}", $"link set {Bridge} up"]);
        await lab.IpAsync([.. Enumerable.Range(0, count).SelectMany(i => new[]
        {
            $"netns add {Namespace(i)}",
            $"link add {Link(i)} type veth peer name eth0 netns {Namespace(i)}",
            $"link set {Link(i)} master {Bridge}",
            $"link set {Link(i)} up",
            $"-n {Namespace(i)} address add {Range}{FirstHost + i}/24 dev eth0",
            $"-n {Namespace(i)} link set eth0 up",
        })]);
        foreach (var target in lab.Targets)
            target.Start();
        return lab;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in Targets)
            await target.DisposeAsync();
        await IpAsync([.. Enumerable.Range(0, _count).Select(i => $"netns delete {Namespace(i)}"), $"link delete {Bridge}"]);
        Directory.Delete(_folder, recursive: true);
    }

    private static string Namespace(int index) => $"tandem-bench-{index}";

    private static string Link(int index) => $"{Bridge}-{index}";

    /// <summary>One call for each: a batch cannot name a namespace by line.</summary>
    private async Task IpAsync(IEnumerable<string> commands)
    {
        foreach (var command in commands)
            await ProcessRunner.RunCheckedAsync(new Processes.Command("ip", command.Split(' ')));
    }
}
