using System.Net;
using System.Security.Cryptography.X509Certificates;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Drills;
using Tandem.Platform.Failover;
using Tandem.Platform.Releases;
using Tandem.Platform.Tests.Failover;

namespace Tandem.Platform.Tests.Drills;

/// <summary>The drill with a proxy between client and clusters: the DNS answer does not change, the pool that serves does.</summary>
public sealed class ProxiedDrillTests : IDisposable
{
    /// <summary>The drill's client is a browser's: it knows port 443 alone.</summary>
    private static readonly IPEndPoint Https = new(IPAddress.Parse("127.0.0.77"), 443);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_Proxied_ReportsTheStandbyBeforeTheDecisionAndTheWayBack()
    {
        var files = WriteCertificate();
        await using var service = await Service.StartAsync(
            "automatic", new ProxyOptions { Https = [Https], Certificates = [files] }, "    proxied: true\n");
        using var trusted = X509CertificateLoader.LoadCertificateFromFile(files.Certificate);
        using var client = new DrillClient(service.Spec.Hostname, ["/"], service.Dns, trusted, proxied: true, TimeProvider.System);
        var drill = DrillCatalog.All.Single(d => d.Name == "cluster-loss");
        var plan = new DrillPlan(
            drill, Prediction.Of(drill, service.Spec.LoadBalancer), LoadBalancerSetup.PoolName(service.Spec, "hot"), LoadBalancerSetup.PoolName(service.Spec, "standby"), 10, true);
        var watch = new ServiceWatch(
            async stop => plan.ClusterOf(await service.ServingPoolAsync(stop)), _ => service.HealthAsync(), TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var faults = new DrillFaults(new PodFaults(_ => throw new InvalidOperationException("there is no cluster"), service.Spec.Hostname), _ => Task.CompletedTask, new Faults(service.Hot));

        var report = await new DrillRunner(plan, client, watch, faults, null, TimeProvider.System).RunAsync(_ => { }, CancellationToken.None);

        Assert.True(report.Passed, report.ToString());
        Assert.Equal(0, report.FailedRequests);
        Assert.True(report.FaultAt < report.FirstStandbySuccessAt && report.AnswerChangedAt > report.FaultAt && report.FailedBackAt > report.HealedAt, report.ToString());
        Assert.Equal(Https.Address, await client.AnswerAsync(CancellationToken.None));
    }

    private CertificateFiles WriteCertificate()
    {
        var data = DevelopmentCertificate.Secret("web", "tls", ["api.yourcompany.com"], TimeProvider.System)["data"]!;
        var files = new CertificateFiles(_folder.File("tls.crt"), _folder.File("tls.key"));
        File.WriteAllBytes(files.Certificate, Convert.FromBase64String((string)data["tls.crt"]!));
        File.WriteAllBytes(files.Key, Convert.FromBase64String((string)data["tls.key"]!));
        File.SetUnixFileMode(files.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return files;
    }

    private sealed class Faults(TinyServer hot) : IMachineFaults
    {
        public Task InjectAsync(Fault fault, CancellationToken cancellationToken)
        {
            hot.Stop();
            return Task.CompletedTask;
        }

        public Task HealAsync(Fault fault, CancellationToken cancellationToken)
        {
            hot.Restart();
            return Task.CompletedTask;
        }
    }
}
