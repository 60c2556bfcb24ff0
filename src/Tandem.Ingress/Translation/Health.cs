namespace Tandem.Ingress.Translation;

/// <summary>The path at which the load balancer asks whether this cluster can serve.</summary>
internal static class Health
{
    public const string Path = "/health";
}
