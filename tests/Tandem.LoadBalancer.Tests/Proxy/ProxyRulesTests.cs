using System.Text.Json;
using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Tests.Proxy;

public sealed class ProxyRulesTests : ProxyFixture
{
    [Theory]
    [InlineData("""{"session_affinity":"cookie","proxied":false}""", "/session_affinity")]
    [InlineData("""{"session_affinity":"ip_cookie"}""", "/session_affinity")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_ttl":1799}""", "/session_affinity_ttl")]
    [InlineData("""{"session_affinity_ttl":1800}""", "/session_affinity_ttl")]
    [InlineData("""{"proxied":false,"adaptive_routing":{"failover_across_pools":true}}""", "/adaptive_routing/failover_across_pools")]
    [InlineData("""{"adaptive_routing":{"nobody":true}}""", "/adaptive_routing/nobody")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"samesite":"None","secure":"Never"}}""", "/session_affinity_attributes/secure")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"zero_downtime_failover":"x"}}""", "/session_affinity_attributes/zero_downtime_failover")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"drain_duration":-1}}""", "/session_affinity_attributes/drain_duration")]
    [InlineData("""{"session_affinity_attributes":{"drain_duration":1}}""", "/session_affinity_attributes/drain_duration")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"headers":["x"]}}""", "/session_affinity_attributes/headers")]
    public async Task Patch_WhatTheProxyDoesNotHonour_IsRefused(string json, string pointer)
    {
        await using var balancer = await StartAsync(b => b);
        var balancers = balancer.Client.LoadBalancers(RunningBalancer.Zone);
        var entry = (await balancers.ListAsync()).Single();

        var error = await Assert.ThrowsAsync<CloudflareException>(() => balancers.PatchAsync(
            entry.Id!, JsonSerializer.Deserialize(json, CloudflareJson.Default.CloudflareLoadBalancer)!));

        Assert.Equal(pointer, error.Errors.Single().Source!.Pointer);
    }
}
