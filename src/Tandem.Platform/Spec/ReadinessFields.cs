namespace Tandem.Platform.Spec;

/// <summary>Reads <c>readiness</c> and <c>agent</c>. See docs/platform-file.md.</summary>
internal static class ReadinessFields
{
    private const int LastPort = 65535;

    /// <summary>The agent comes after the APIs of as many name servers as there can be.</summary>
    private const int AfterApi = 4;

    /// <param name="spec">The node <c>spec</c>.</param>
    /// <param name="read">What was read of it.</param>
    public static PlatformSpec Read(SpecNode spec, PlatformSpec read)
    {
        var loadBalancer = read.LoadBalancer;
        var word = spec.Field("readiness").Text("warn");
        if (word is not ("warn" or "enforce"))
            spec.Field("readiness").Error($"'{word}' must be warn or enforce");
        var agent = spec.Field("agent");
        var free = loadBalancer.ApiPort + AfterApi <= LastPort ? loadBalancer.ApiPort + AfterApi : loadBalancer.ApiPort - 1;
        var port = agent.Field("port").Number(free, 1, LastPort);
        if (loadBalancer.Cloudflare is null && port >= loadBalancer.ApiPort && port < loadBalancer.ApiPort + loadBalancer.NameServers)
            agent.Field("port").Error($"'{port}' is a port of the load balancer's API already");
        agent.Close();
        return read with { EnforceReadiness = word == "enforce", AgentPort = port };
    }
}
