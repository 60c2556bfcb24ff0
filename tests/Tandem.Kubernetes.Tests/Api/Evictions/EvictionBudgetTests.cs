using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Evictions;

namespace Tandem.Kubernetes.Tests.Api.Evictions;

public sealed class EvictionBudgetTests
{
    [Theory]
    [InlineData(2, 3, "The disruption budget b needs 3 healthy pods and has 3 currently", null)]
    [InlineData(2, 2, "The disruption budget b does not allow evicting pods currently", null)]
    [InlineData(1, 3, "The disruption budget b is still being processed by the server.", 10)]
    public void Spend_NothingLeft_SaysWhy(int observed, int desired, string cause, int? retry)
    {
        var budget = Budget(observed, 2, desired, 0);

        var refused = Assert.Throws<ApiException>(() => EvictionBudget.Spend(budget, "p", "now"));

        Assert.Equal((429, "TooManyRequests", retry), (refused.Code, refused.Reason, refused.RetryAfterSeconds));
        Assert.Equal(cause, refused.Details.Items("causes").Single().Text("message"));
        Assert.Equal(retry, refused.Details.Number("retryAfterSeconds"));
    }

    [Fact]
    public void Spend_LastOne_LeavesNone()
    {
        var budget = EvictionBudget.Spend(Budget(1, 1, 2, 1), "p", "2030-01-01T00:00:00Z");

        Assert.Equal(0, budget.Number("status", "disruptionsAllowed"));
        Assert.Equal("2030-01-01T00:00:00Z", budget.Text("status", "disruptedPods", "p"));
        Assert.Equal("InsufficientPods", budget.Items("status", "conditions").Single().Text("reason"));
    }

    private static JsonObject Budget(int observed, int generation, int desired, int allowed) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "b", ["generation"] = generation },
        ["status"] = new JsonObject { ["observedGeneration"] = observed, ["desiredHealthy"] = desired, ["currentHealthy"] = 3, ["disruptionsAllowed"] = allowed },
    };
}
