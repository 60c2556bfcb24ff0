using Tandem.Cli.Embedded;
using Tandem.Host;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Tests;

public sealed class NotificationPlansTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tandem-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Write_Secret_IsInAFileOfItsOwnerAndNowhereElse()
    {
        var state = new StateFolder("demo", _root);
        state.Create([]);
        LoadBalancerAccess.EnsureToken(state);
        File.WriteAllText(Path.Combine(_root, "key"), "first-secret\n");

        var plan = NotificationPlans.Write(Spec(), state)!;
        var webhook = Assert.Single(plan.Webhooks);
        Assert.Equal(("https://example.com/hook", "first-secret"), (webhook.Url, File.ReadAllText(webhook.SecretFile!).Trim()));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(webhook.SecretFile!));
        Assert.DoesNotContain("first-secret", System.Text.Json.JsonSerializer.Serialize(plan), StringComparison.Ordinal);
        Assert.Equal(plan.Version, NotificationPlans.Write(Spec(), state)!.Version);

        File.WriteAllText(Path.Combine(_root, "key"), "second-secret\n");
        Assert.NotEqual(plan.Version, NotificationPlans.Write(Spec(), state)!.Version);
    }

    private PlatformSpec Spec() => PlatformFile.Parse(
        """
        apiVersion: tandem.dev/v1alpha1
        kind: Platform
        metadata: { name: demo }
        spec:
          hostname: api.yourcompany.com
          clusters: { hot: { embedded: {} }, standby: { embedded: {} } }
          loadBalancer:
            embedded: {}
            notifications: [ { url: "https://example.com/hook", secretFrom: { file: key } } ]
        """,
        Path.Combine(_root, "platform.yaml"),
        []);
}
