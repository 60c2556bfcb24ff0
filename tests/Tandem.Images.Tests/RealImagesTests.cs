using Tandem.Images.Packages;
using Tandem.Images.Recipes;
using Tandem.Processes;

namespace Tandem.Images.Tests;

/// <summary>Images built of real packages, imported into a real containerd and run there.</summary>
public sealed class RealImagesTests(RealImagesTests.Cache cache) : IClassFixture<RealImagesTests.Cache>
{
    [Fact]
    public async Task BuildAsync_TwiceInDifferentFolders_GivesTheSameBytes()
    {
        using var other = new TemporaryFolder();
        // The downloads may be shared; all that Tandem makes of them may not.
        await ProcessRunner.RunCheckedAsync(new Command("cp", "-r", cache.Folder["packages"], other["packages"]));
        var again = new ImageBuilder(other.Path);
        var images = new[] { await again.BuildAsync(PauseRecipe.Create()), await again.BuildAsync(NginxRecipe.Create()) };

        var first = await cache.Builder.ArchiveAsync([cache.Pause, cache.Nginx]);
        var second = await again.ArchiveAsync(images);

        Assert.NotEqual(first, second);
        Assert.Equal(await File.ReadAllBytesAsync(first), await File.ReadAllBytesAsync(second));
    }

    [Fact]
    public async Task BuildAsync_NginxAndWhoami_ShareLayers()
    {
        var whoami = await cache.Builder.BuildAsync(WhoamiRecipe.Create());

        var shared = cache.Nginx.Blobs.Select(b => b.Digest).Intersect(whoami.Blobs.Select(b => b.Digest));

        Assert.Equal(2, shared.Count());
        Assert.Matches(@"^tandem\.local/nginx:[0-9]+\.[0-9]+\.[0-9]+-[0-9a-f]{8}$", cache.Nginx.Reference);
    }

    [Fact]
    public async Task BuildAsync_UnknownPackage_ThrowsAndNamesIt()
    {
        var recipe = new ImageRecipe("t.local/x", ImageVersion.Fixed("1"), [new Images.Layers.DebianLayer("libc6", "no-such-package-here")], ["/x"]);

        var e = await Assert.ThrowsAsync<PackageUnavailableException>(() => cache.Builder.BuildAsync(recipe));

        Assert.Equal(["no-such-package-here"], e.Packages);
    }

    private async Task<IReadOnlyList<(string, string)>> ImportAsync(Containerd containerd, params BuiltImage[] images) =>
        await new ImageImporter(containerd.Socket).ImportAsync(await cache.Builder.ArchiveAsync(images), images.Select(i => (i.Reference, i.Digest)));

    [Fact]
    public async Task ImportAsync_RealContainerd_ListsAndRunsTheImages()
    {
        var whoami = await cache.Builder.BuildAsync(WhoamiRecipe.Create());
        await using var containerd = await Containerd.StartAsync();

        var ingress = await cache.Builder.BuildAsync(IngressRecipe.Create());
        var imported = await ImportAsync(containerd, cache.Pause, cache.Nginx, whoami, ingress);
        var again = await ImportAsync(containerd, cache.Pause, cache.Nginx, whoami, ingress);

        Assert.Equal(4, imported.Count);
        Assert.Empty(again);
        // Each program runs in its image alone: no host file is in sight.
        var answer = await containerd.CtrAsync("run", "--rm", "--read-only", whoami.Reference, "w",
            "/usr/share/dotnet/dotnet", "/app/Tandem.Whoami.dll", "--version");
        Assert.StartsWith("Tandem whoami ", answer);
        answer = await containerd.CtrAsync("run", "--rm", "--read-only", ingress.Reference, "i",
            "/usr/share/dotnet/dotnet", "/app/Tandem.Ingress.dll", "--version");
        Assert.StartsWith("Tandem ingress controller ", answer);
        await containerd.CtrAsync("run", "--rm", "--read-only", "--mount", "type=tmpfs,dst=/tmp,options=mode=1777",
            cache.Nginx.Reference, "n", "/usr/sbin/nginx", "-e", "stderr", "-t");
    }

    [Fact]
    public async Task ImportAsync_Whoami_AnswersFromItsContainer()
    {
        var whoami = await cache.Builder.BuildAsync(WhoamiRecipe.Create());
        await using var containerd = await Containerd.StartAsync();
        await ImportAsync(containerd, whoami);
        var port = FreePort();
        await containerd.CtrAsync("run", "--detach", "--net-host", "--read-only", "--memory-limit", "67108864",
            "--env", $"WHOAMI_PORT_NUMBER={port}", "--env", "WHOAMI_NAME=a", whoami.Reference, "w");
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            var text = await GetWhenUpAsync(client, "/hello?wait=1ms");

            Assert.StartsWith("Name: a\nHostname: ", text);
            Assert.Contains($"GET /hello?wait=1ms HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n", text);
            Assert.EndsWith("\r\n\r\n", text);
            using var api = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/api?a=b"));
            Assert.Equal(("/api?a=b", "GET", "a"), (Text(api, "url"), Text(api, "method"), Text(api, "name")));
            Assert.Equal("1", await client.GetStringAsync("/bench"));
            using var set = await client.PostAsync("/health", new StringContent("503"));
            using var health = await client.GetAsync("/health");
            Assert.Equal((System.Net.HttpStatusCode.OK, System.Net.HttpStatusCode.ServiceUnavailable), (set.StatusCode, health.StatusCode));
            // Asked to end, it first answers what is under way.
            var waiting = client.GetStringAsync("/last?wait=1s");
            using var during = await client.GetAsync("/health");
            await containerd.CtrAsync("tasks", "kill", "--signal", "SIGTERM", "w");
            Assert.Contains("GET /last?wait=1s", await waiting);
        }
        finally
        {
            await containerd.TryCtrAsync(CancellationToken.None, "tasks", "kill", "--signal", "SIGKILL", "w");
            await WaitForEndAsync(containerd, "w");
            await containerd.CtrAsync("containers", "rm", "w");
        }
    }

    [Fact]
    public async Task ImportAsync_Pause_EndsOnSigterm()
    {
        await using var containerd = await Containerd.StartAsync();
        await ImportAsync(containerd, cache.Pause);
        await containerd.CtrAsync("run", "--detach", "--read-only", cache.Pause.Reference, "p");

        Assert.Contains("RUNNING", await containerd.CtrAsync("tasks", "ls"));
        await containerd.CtrAsync("tasks", "kill", "--signal", "SIGTERM", "p");
        await WaitForEndAsync(containerd, "p");
        await containerd.CtrAsync("containers", "rm", "p");
    }

    private static async Task WaitForEndAsync(Containerd containerd, string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while ((await containerd.CtrAsync("tasks", "ls")).Contains("RUNNING"))
            limit.Token.ThrowIfCancellationRequested();
        await containerd.CtrAsync("tasks", "delete", name);
    }

    private static async Task<string> GetWhenUpAsync(HttpClient client, string path)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            try
            {
                return await client.GetStringAsync(path, limit.Token);
            }
            catch (HttpRequestException)
            {
                limit.Token.ThrowIfCancellationRequested();
            }
        }
    }

    private static string? Text(System.Text.Json.JsonDocument json, string name) => json.RootElement.GetProperty(name).GetString();

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        socket.Start();
        return ((System.Net.IPEndPoint)socket.LocalEndpoint).Port;
    }

    public sealed class Cache : IAsyncLifetime
    {
        internal TemporaryFolder Folder { get; } = new();

        internal ImageBuilder Builder => new(Folder.Path);

        internal BuiltImage Pause { get; private set; } = null!;

        internal BuiltImage Nginx { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Pause = await Builder.BuildAsync(PauseRecipe.Create());
            Nginx = await Builder.BuildAsync(NginxRecipe.Create());
        }

        public Task DisposeAsync()
        {
            Folder.Dispose();
            return Task.CompletedTask;
        }
    }
}
