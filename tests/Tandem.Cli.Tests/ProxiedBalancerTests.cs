using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Tandem.Cli.Embedded;
using Tandem.Host;
using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Tests;

/// <summary>The load balancer as the platform runs it: it starts before the service's certificate is there.</summary>
public sealed class ProxiedBalancerTests : IDisposable
{
    private const string Host = "api.yourcompany.com";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_CertificateComesLater_IsShownWithoutARestart()
    {
        var state = new StateFolder("demo", _folder.File("state"));
        using var balancer = await BalancerProcess.StartAsync(state, proxied: true);
        Assert.True(await Record.ExceptionAsync(() => SubjectAsync(balancer)) is AuthenticationException or IOException);

        var secret = DevelopmentCertificate.Secret("web", "tls", [Host], TimeProvider.System);
        await ServiceCertificate.KeepAsync(secret, state, withKey: true, CancellationToken.None);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(state.CertificateKey));
        Assert.Equal($"CN={Host}", await EventuallyAsync(balancer));

        await ServiceCertificate.KeepAsync(secret, state, withKey: false, CancellationToken.None);
        Assert.False(File.Exists(state.CertificateKey));
        Assert.True(File.Exists(state.Certificate));
    }

    /// <summary>The files are looked at once a second.</summary>
    private static async Task<string> EventuallyAsync(BalancerProcess balancer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (true)
        {
            try
            {
                return await SubjectAsync(balancer);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
            }
        }
    }

    private static async Task<string> SubjectAsync(BalancerProcess balancer)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(balancer.Https!);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(Host);
        return tls.RemoteCertificate!.Subject;
    }
}
