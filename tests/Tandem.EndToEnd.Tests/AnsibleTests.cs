using Tandem.Processes;

namespace Tandem.EndToEnd.Tests;

/// <summary>Debian's Ansible with its kubernetes.core collection against a cluster.</summary>
[Collection(nameof(DeployedPlatform))]
public sealed class AnsibleTests(PlatformFixture fixture)
{
    private readonly TestPlatform _platform = fixture.Platform;

    [Fact]
    public async Task Playbook_AppliesWaitsScalesExecutesAndDeletes()
    {
        var folder = Directory.CreateTempSubdirectory("tandem-ansible-").FullName;
        try
        {
            var result = await ProcessRunner.RunAsync(new Command(
                "ansible-playbook", "-i", "localhost,", "-c", "local", "-e", $"image={await Images.FindAsync(_platform, "pause")}",
                Path.Combine(AppContext.BaseDirectory, "Ansible", "play.yml"))
            {
                Environment = new Dictionary<string, string?>
                {
                    ["ANSIBLE_NOCOLOR"] = "1", ["ANSIBLE_LOCAL_TEMP"] = folder, ["ANSIBLE_REMOTE_TEMP"] = folder, ["K8S_AUTH_KUBECONFIG"] = _platform.Kubeconfig("hot"),
                },
            });

            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            Assert.Contains("failed=0", result.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
