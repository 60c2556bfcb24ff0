using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>How far a ratio of use to target may be from one without anything being changed.</summary>
/// <param name="Down">For fewer replicas.</param>
/// <param name="Up">For more.</param>
internal readonly record struct Tolerance(double Down, double Up)
{
    private const double Usual = 0.1;

    /// <summary>What an autoscaler says of it (KEP-4951).</summary>
    public static Tolerance Of(V2HorizontalPodAutoscalerBehavior? behavior) =>
        new((double?)behavior?.ScaleDown?.Tolerance?.ToDecimal() ?? Usual, (double?)behavior?.ScaleUp?.Tolerance?.ToDecimal() ?? Usual);

    public bool Covers(double ratio) => 1 - Down <= ratio && ratio <= 1 + Up;
}
