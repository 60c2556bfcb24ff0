using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Nginx;

/// <summary>How nginx is run.</summary>
/// <param name="Program">The nginx program.</param>
/// <param name="Settings">What goes into its configuration.</param>
/// <param name="ShutdownTimeout">How long requests under way may take when the controller ends; shorter than the pod's grace period.</param>
internal sealed record NginxOptions(string Program, NginxSettings Settings, TimeSpan ShutdownTimeout);
