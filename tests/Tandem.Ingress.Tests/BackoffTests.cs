namespace Tandem.Ingress.Tests;

public class BackoffTests
{
    [Fact]
    public void Next_FailureAfterFailure_GrowsFromNothingToTheLongest()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1));

        Assert.Equal([0, 200, 400, 800, 1000, 1000], Enumerable.Range(0, 6).Select(_ => backoff.Next().TotalMilliseconds));
        backoff.Succeeded();
        Assert.Equal(TimeSpan.Zero, backoff.Next());
    }
}
