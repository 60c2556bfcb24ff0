using Tandem.Images.DotNet;

namespace Tandem.Images.Tests.DotNet;

public class DotNetProgramTests
{
    [Fact]
    public void Layer_ProgramAmongOthers_HasItsOwnAssembliesOnly()
    {
        var paths = DotNetProgram.BesideThis("Tandem.Ingress").Layer().Entries.Select(e => e.Path).ToList();

        Assert.Contains("app/Tandem.Ingress.dll", paths);
        Assert.Contains("app/KubernetesClient.dll", paths);
        Assert.DoesNotContain(paths, p => p.Contains("xunit") || p.Contains("Whoami"));
    }

    [Fact]
    public void Frameworks_WebProgram_NamesAspNetCore() =>
        Assert.Contains("Microsoft.AspNetCore.App", DotNetProgram.BesideThis("Tandem.Whoami").Frameworks);

    [Fact]
    public void Layer_AssemblyMissing_ThrowsAndNamesIt()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "Tandem.Whoami.deps.json", "Tandem.Whoami.runtimeconfig.json" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), folder[file]);

        var e = Assert.Throws<FileNotFoundException>(() => new DotNetProgram(folder.Path, "Tandem.Whoami").Layer());

        Assert.Contains("Tandem.Whoami.dll", e.Message);
    }
}
