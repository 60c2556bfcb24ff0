using System.Reflection;
using NetArchTest.Rules;

namespace Tandem.Architecture.Tests;

/// <summary>Everything that decides is a client of two public APIs, and cannot know who serves them.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Providers = ["Tandem.Kubernetes", "Tandem.LoadBalancer", "Tandem.Host"];

    [Theory]
    [InlineData("Tandem.Platform")]
    [InlineData("Tandem.Ingress")]
    [InlineData("Tandem.ClusterDns")]
    [InlineData("Tandem.Client")]
    public void Projects_AboveTheProviderLine_DoNotReachAProvider(string project) => Assert.Empty(Project.Closure(project).Intersect(Providers));

    [Theory]
    [InlineData("Tandem.Platform")]
    [InlineData("Tandem.Ingress")]
    [InlineData("Tandem.ClusterDns")]
    public void Types_AboveTheProviderLine_DoNotDependOnAProvider(string assembly)
    {
        var types = Types.InAssembly(Assembly.Load(assembly));
        Assert.NotEmpty(types.GetTypes());

        var result = types.ShouldNot().HaveDependencyOnAny(Providers).GetResult();

        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Theory]
    [InlineData("Tandem.Cloudflare")]
    [InlineData("Tandem.Dns")]
    [InlineData("Tandem.Client")]
    [InlineData("Tandem.Processes")]
    public void Projects_OfTheWire_ReferToNoOther(string project)
    {
        Assert.Empty(Project.Closure(project));
        Assert.DoesNotContain(Assembly.Load(project).GetReferencedAssemblies(), a => a.Name!.StartsWith("Tandem.", StringComparison.Ordinal));
    }

    [Fact]
    public void Cli_Alone_SeesAll()
    {
        Assert.Empty(Project.All.Except(Project.Closure("Tandem.Cli")).Except(["Tandem.Cli"]));
        Assert.All(Project.All.Where(p => p != "Tandem.Cli"), p => Assert.NotEmpty(Project.All.Except(Project.Closure(p).Append(p)).Except(["Tandem.Cli"])));
        Assert.All(Project.All, p => Assert.DoesNotContain("Tandem.Cli", Project.Closure(p)));
    }

    [Fact]
    public void Projects_OfTheSolution_AreAllFolders() => Assert.All(
        Project.All, p => Assert.Contains($"src/{p}/{p}.csproj", File.ReadAllText(Path.Combine(Project.Root, "Tandem.slnx")), StringComparison.Ordinal));
}
