using System.Text.Json.Nodes;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class ReadinessTests
{
    [Theory]
    [InlineData("Deployment", "replicas: 3", "observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3", null)]
    [InlineData("Deployment", "replicas: 3", "observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3", "not observed yet")]
    [InlineData("Deployment", "replicas: 3", "", "not observed yet")]
    [InlineData("Deployment", "replicas: 3", "observedGeneration: 2, replicas: 4, updatedReplicas: 1, availableReplicas: 3", "1 of 3 updated")]
    [InlineData("Deployment", "replicas: 3", "observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 1", "1 of 3 ready")]
    [InlineData("Deployment", "replicas: 3", "observedGeneration: 2, replicas: 4, updatedReplicas: 3, availableReplicas: 3", "1 old still running")]
    [InlineData("Deployment", "", "observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1", null)]
    [InlineData("Deployment", "replicas: 0", "observedGeneration: 2", null)]
    [InlineData("StatefulSet", "replicas: 2", "observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 1", "1 of 2 ready")]
    [InlineData("DaemonSet", "", "observedGeneration: 2, desiredNumberScheduled: 0", "no node yet")]
    [InlineData("DaemonSet", "", "observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1", "1 of 2 ready")]
    [InlineData("DaemonSet", "", "observedGeneration: 2, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1", null)]
    public void Missing_Status_SaysWhatIsMissing(string kind, string spec, string status, string? missing)
    {
        var live = Manifests.Parse($"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{ name: x, generation: 2 }}\nspec: {{ {spec} }}\nstatus: {{ {status} }}", "x").Single();

        Assert.Equal(missing, Readiness.Missing(live));
    }

    [Fact]
    public void Missing_NoObject_IsNotThere() => Assert.Equal("not there", Readiness.Missing(null));

    [Theory]
    [InlineData("Deployment", true)]
    [InlineData("DaemonSet", true)]
    [InlineData("StatefulSet", true)]
    [InlineData("Service", false)]
    public void IsWorkload_Kind_IsWhatRunsPods(string kind, bool workload) => Assert.Equal(workload, Readiness.IsWorkload(new JsonObject { ["kind"] = kind }));
}
