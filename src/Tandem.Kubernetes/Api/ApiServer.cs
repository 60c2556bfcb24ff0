using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Kubernetes.Admission;
using Tandem.Kubernetes.Api.ApiExtensions;
using Tandem.Kubernetes.Api.Audit;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Evictions;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Api.OpenApi;
using Tandem.Kubernetes.Api.Pki;
using Tandem.Kubernetes.Api.Reviews;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Custom;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>Puts the API's parts together and opens its port.</summary>
internal static class ApiServer
{
    public static void AddApiServer(this WebApplicationBuilder builder, ClusterOptions options, ClusterPki pki)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // A watch may be silent for minutes.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(options.NodeAddress, options.ApiPort, listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = pki.Server;
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => pki.Authority.IsTrusted(certificate);
            }));
        });

        var services = builder.Services;
        services.AddSingleton(pki);
        services.AddSingleton(_ => new EtcdStore(EtcdChannel.Open(options.EtcdSocket)));
        services.AddSingleton<Caches>();
        services.AddSingleton<ServedResources>();
        services.AddSingleton<CustomResources>();
        services.AddSingleton<WatchCache>();
        services.AddHostedService(s => s.GetRequiredService<WatchCache>());
        services.AddSingleton<IAdmission, NamespaceLifecycle>();
        services.AddSingleton<IAdmission, LimitRanger>();
        services.AddSingleton<IAdmission, ServiceAccountAdmission>();
        services.AddSingleton<IAdmission>(s => new ServiceAddresses(s.GetRequiredService<Caches>(), options.ServiceRange));
        services.AddSingleton<IAdmission, DefaultIngressClass>();
        services.AddSingleton<IAdmission, DefaultStorageClass>();
        services.AddSingleton<IAdmission, StorageObjectInUseProtection>();
        services.AddSingleton<IAdmission, PersistentVolumeClaimResize>();
        services.AddSingleton<IAdmission, PodSecurity>();
        services.AddSingleton<IAdmission, PriorityAdmission>();
        services.AddSingleton<IAdmission, RuntimeClassAdmission>();
        services.AddSingleton<IAdmission, RbacEscalation>();
        services.AddSingleton<IAccountingAdmission, ResourceQuotaAdmission>();
        services.AddSingleton<Registry>();
        services.AddSingleton(s => new ServiceAccountTokens(pki.TokenKey, s.GetRequiredService<Caches>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Authenticator>();
        services.AddSingleton<RbacAuthorizer>();
        services.AddSingleton<Impersonation>();
        services.AddSingleton<ReviewHandler>();
        services.AddSingleton<MetricsHandler>();
        services.AddSingleton<AuditLog>();
        services.AddHostedService(s => s.GetRequiredService<AuditLog>());
        services.AddSingleton<ReadHandler>();
        services.AddSingleton<WatchHandler>();
        services.AddSingleton<WriteHandler>();
        services.AddSingleton<PodStreamHandler>();
        services.AddSingleton<EvictionHandler>();
        services.AddSingleton<SubresourceHandler>();
        services.AddSingleton<Discovery>();
        services.AddSingleton<OpenApiDocuments>();
        services.AddSingleton<ApiDispatcher>();
        services.AddSingleton<Bootstrap>();
        services.AddHostedService(s => s.GetRequiredService<Bootstrap>());
        services.AddHostedService<DefinitionController>();
    }

    public static void UseApiServer(this WebApplication app)
    {
        app.UseWebSockets();
        app.Run(app.Services.GetRequiredService<ApiDispatcher>().InvokeAsync);
    }
}
