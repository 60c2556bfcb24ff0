using Tandem.Images.DotNet;

namespace Tandem.Images.Recipes;

/// <summary>The cluster's DNS server.</summary>
public static class ClusterDnsRecipe
{
    /// <summary>The recipe of <c>tandem.local/cluster-dns</c>.</summary>
    /// <param name="program">Where the program is; null means beside the running one.</param>
    public static ImageRecipe Create(DotNetProgram? program = null) =>
        DotNetRecipe.Create("tandem.local/cluster-dns", program ?? DotNetProgram.BesideThis("Tandem.ClusterDns"));
}
