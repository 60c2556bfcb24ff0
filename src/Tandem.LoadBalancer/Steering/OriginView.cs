using System.Net;

namespace Tandem.LoadBalancer.Steering;

/// <summary>What the proxy knows of an origin that is enabled.</summary>
public sealed record OriginView
{
    /// <summary>The pool's identifier.</summary>
    public required string PoolId { get; init; }

    /// <summary>The pool's name.</summary>
    public required string Pool { get; init; }

    /// <summary>Its name, unique in the pool.</summary>
    public required string Name { get; init; }

    /// <summary>Its address or host name, as configured.</summary>
    public required string Address { get; init; }

    /// <summary>The IP addresses to connect to; none where a host name was never resolved.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>Its port; 0 for the port of the client's own scheme.</summary>
    public required int Port { get; init; }

    /// <summary>Whether it speaks TLS; null where it speaks what the client spoke.</summary>
    public required bool? Tls { get; init; }

    /// <summary>What it is sent as Host; null for what the client sent.</summary>
    public required string? Host { get; init; }

    /// <summary>Its share of the pool's traffic, 0 to 1.</summary>
    public required double Weight { get; init; }

    /// <summary>What its monitors say; null where health is ignored.</summary>
    public required OriginVerdict? Health { get; init; }

    /// <summary>Whether it may serve as far as anybody knows.</summary>
    public bool Healthy => Health is null or { Published: true };
}
