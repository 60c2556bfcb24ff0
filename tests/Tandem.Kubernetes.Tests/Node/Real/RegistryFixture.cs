using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Images.Collection;
using Tandem.Processes;
using Tandem.Kubernetes.Tests.Api;

namespace Tandem.Kubernetes.Tests.Node.Real;

/// <summary>A node beside a real registry that asks for a name and a password. Both, and the pods, are in the tests' network.</summary>
public sealed class RegistryFixture : ContainerdFixture
{
    private Process? _registry;
    private Task _output = Task.CompletedTask;

    private protected override bool OwnNetwork => false;

    private protected override NodeOptions Adjusted(NodeOptions options) => options with
    {
        ImagePullDeadline = TimeSpan.FromSeconds(10),
        // Whatever is free is not enough.
        ImageCollection = new ImageCollectionOptions
        {
            BeginBelow = 2, BeginAtMost = long.MaxValue, EndAbove = 2, EndAtMost = long.MaxValue,
            MinimumAge = TimeSpan.FromSeconds(1), Period = TimeSpan.FromMilliseconds(500),
        },
    };

    /// <summary>Host and port; only <c>robot</c> with the password <c>s3:cret</c> may come in.</summary>
    public string Registry { get; private set; } = "";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Registry = $"127.0.0.1:{ApiServerFixture.FreePort()}";
        var (config, users) = (Path.Combine(Folder, "registry.yaml"), Path.Combine(Folder, "htpasswd"));
        await File.WriteAllTextAsync(users, (await ProcessRunner.RunCheckedAsync(new Command("htpasswd", "-nbB", "robot", "s3:cret"))).Output);
        await File.WriteAllTextAsync(config, $$"""
            version: 0.1
            storage: { filesystem: { rootdirectory: "{{Folder}}/registry" } }
            http: { addr: "{{Registry}}" }
            auth: { htpasswd: { realm: tests, path: "{{users}}" } }
            """);
        _registry = ProcessRunner.StartPiped(new Command("docker-registry", "serve", config));
        _output = Task.WhenAll(_registry.StandardOutput.BaseStream.CopyToAsync(Stream.Null), _registry.StandardError.BaseStream.CopyToAsync(Stream.Null));
        await Eventually.TrueAsync(async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPEndPoint.Parse(Registry));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, "the registry listens");
        await PushAsync("team/app:1");
    }

    /// <summary>Puts the tests' image into the registry under a name, and takes that name off the node.</summary>
    public async Task PushAsync(string name, string source = BusyboxImage.Name)
    {
        var image = $"{Registry}/{name}";
        await CtrAsync("images", "tag", source, image);
        await CtrAsync("images", "push", "--plain-http", "--user", "robot:s3:cret", image);
        await CtrAsync("images", "rm", image);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _registry!.Kill();
        await _registry.WaitForExitAsync();
        await _output;
        _registry.Dispose();
    }
}
