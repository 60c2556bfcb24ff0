using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Api;

public sealed class KubectlsTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(29)]
    [InlineData(31)]
    [InlineData(36)]
    public async Task PathAsync_EachMinor_IsThatVersion(int minor)
    {
        var result = await ProcessRunner.RunCheckedAsync(new Command(await Kubectls.PathAsync(minor), "version", "--client", "--output=json"));

        Assert.Contains($"\"gitVersion\": \"v1.{minor}.", result.Output, StringComparison.Ordinal);
    }
}
