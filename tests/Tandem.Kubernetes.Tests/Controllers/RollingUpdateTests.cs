using FsCheck.Xunit;
using k8s.Models;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Tests.Controllers;

public sealed class RollingUpdateTests
{
    [Theory]
    [InlineData("25%", "25%", 4, 1, 1)]
    [InlineData("25%", "25%", 3, 1, 0)]
    [InlineData("0", "0%", 3, 0, 1)]
    [InlineData("2", "1", 10, 2, 1)]
    public void Bounds_PercentAndNumber_RoundSurgeUpAndUnavailableDown(string maxSurge, string maxUnavailable, int replicas, int surge, int unavailable) =>
        Assert.Equal((surge, unavailable), RollingUpdate.Bounds((IntOrString)maxSurge, (IntOrString)maxUnavailable, replicas));

    /// <summary>Whatever the pods do, a rollout never has too many replicas nor takes away more than it may, and it ends.</summary>
    [Property(MaxTest = 500)]
    public void Rollout_AnyPaceOfPods_StaysWithinItsBoundsAndEnds(byte wantedSeed, byte surgeSeed, byte unavailableSeed, int seed)
    {
        var random = new Random(seed);
        var wanted = wantedSeed % 12;
        var (surge, unavailable) = RollingUpdate.Bounds(
            (IntOrString)(surgeSeed % 4).ToString(System.Globalization.CultureInfo.InvariantCulture),
            (IntOrString)(unavailableSeed % 4).ToString(System.Globalization.CultureInfo.InvariantCulture),
            wanted);
        var (newReplicas, newAvailable) = (0, 0);
        var old = new[] { (Replicas: wanted, Available: wanted) };
        for (var round = 0; round < 500; round++)
        {
            newReplicas = RollingUpdate.ScaleUp(wanted, newReplicas, newReplicas + old[0].Replicas, surge);
            var down = RollingUpdate.ScaleDown(wanted, unavailable, newReplicas, newAvailable, old);
            old[0] = (down[0], Math.Min(old[0].Available, down[0]));

            Assert.True(newReplicas + old[0].Replicas <= wanted + surge);
            Assert.True(newAvailable + old[0].Available >= Math.Min(wanted, wanted - unavailable));
            if (newReplicas == wanted && newAvailable == wanted && old[0].Replicas == 0)
                return;
            if (newAvailable < newReplicas && random.Next(2) == 0)
                newAvailable++;
        }

        Assert.Fail($"the rollout did not end: wanted {wanted}, surge {surge}, unavailable {unavailable}, new {newReplicas}/{newAvailable}, old {old[0]}");
    }
}
