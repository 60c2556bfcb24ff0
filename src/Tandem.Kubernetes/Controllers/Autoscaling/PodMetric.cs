namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>What a pod, or one of its containers, used of a resource.</summary>
/// <param name="Milli">Thousandths of a core or of a byte.</param>
/// <param name="At">The end of the window.</param>
/// <param name="Window">How long was measured.</param>
internal sealed record PodMetric(long Milli, DateTimeOffset At, TimeSpan Window);
