namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>A target that cannot be scaled, or a metric from which no number of replicas can be computed; the message is for the user.</summary>
internal sealed class ScalingFailure(string message) : Exception(message);
