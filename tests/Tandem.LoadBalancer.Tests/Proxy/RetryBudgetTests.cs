using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Tandem.LoadBalancer.Proxy;

namespace Tandem.LoadBalancer.Tests.Proxy;

public class RetryBudgetTests
{
    [Fact]
    public void TryTake_WithoutRequests_AllowsTenASecondOfTenSeconds()
    {
        var time = new FakeTimeProvider();
        var budget = new RetryBudget(time);

        Assert.Equal(100, Taken(budget));
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(0, Taken(budget));
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(100, Taken(budget));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(100, Taken(budget));
    }

    /// <summary>Against the slow way: a list of all that happened.</summary>
    [Property]
    public Property TryTake_AnyTraffic_IsNeverMoreThanTheBudgetOfTheWindow() => Prop.ForAll(
        (from requests in Gen.Choose(0, 300)
         from tries in Gen.Choose(0, 200)
         from pause in Gen.Choose(0, 4)
         select (Requests: requests, Tries: tries, Pause: pause)).ListOf().ToArbitrary(),
        steps =>
        {
            var time = new FakeTimeProvider();
            var budget = new RetryBudget(time);
            var (second, requests, retries) = (0, new List<int>(), new List<int>());
            foreach (var step in steps)
            {
                second += step.Pause;
                time.Advance(TimeSpan.FromSeconds(step.Pause));
                for (var i = 0; i < step.Requests; i++)
                {
                    budget.Count();
                    requests.Add(second);
                }

                for (var i = 0; i < step.Tries; i++)
                {
                    var allowed = retries.Count(at => at > second - 10) < 100 + requests.Count(at => at > second - 10) / 5;
                    Assert.Equal(allowed, budget.TryTake());
                    if (allowed)
                        retries.Add(second);
                }
            }
        });

    private static int Taken(RetryBudget budget)
    {
        var taken = 0;
        while (budget.TryTake())
            taken++;
        return taken;
    }
}
