using k8s.Models;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Tests.Controllers;

public sealed class AvailabilityTests
{
    private static readonly DateTime Now = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(-9, false)]
    [InlineData(-10, true)]
    [InlineData(3600, true)] // it was ready for long when the clock was set back
    public void IsAvailable_ReadySince_NeedsTheSecondsOfTheTemplate(int since, bool expected)
    {
        var pod = new V1Pod { Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = Now.AddSeconds(since) }] } };

        Assert.Equal(expected, pod.IsAvailable(10, Now));
    }
}
