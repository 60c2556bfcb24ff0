using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Monitors.</summary>
internal sealed class MonitorKind : ResourceKind<CloudflareMonitor>
{
    private static readonly UnsupportedFields Unsupported = new("{}");

    public override string Name => "monitor";

    public override string Type => References.Monitor;

    public override JsonTypeInfo<CloudflareMonitor> Json => CloudflareJson.Default.CloudflareMonitor;

    public override JsonTypeInfo<CloudflareEnvelope<CloudflareMonitor>> Envelope =>
        CloudflareJson.Default.CloudflareEnvelopeCloudflareMonitor;

    public override JsonTypeInfo<CloudflareEnvelope<IReadOnlyList<CloudflareMonitor>>> ListEnvelope =>
        CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareMonitor;

    public override ImmutableSortedDictionary<string, CloudflareMonitor> In(Configuration configuration) => configuration.Monitors;

    public override Configuration With(Configuration configuration, ImmutableSortedDictionary<string, CloudflareMonitor> all) =>
        configuration with { Monitors = all };

    public override int Limit(LoadBalancerQuotas quotas) => quotas.Monitors;

    public override CloudflareMonitor WithId(CloudflareMonitor value, string id) => value with { Id = id };

    public override DateTimeOffset? CreatedOn(CloudflareMonitor value) => value.CreatedOn;

    public override CloudflareMonitor Complete(CloudflareMonitor value, string id, DateTimeOffset created, DateTimeOffset modified)
    {
        var type = value.Type ?? "http";
        return value with
        {
            Id = id,
            CreatedOn = created,
            ModifiedOn = modified,
            Type = type,
            Description = value.Description ?? "",
            Method = value.Method ?? (type == "tcp" ? "connection_established" : "GET"),
            Path = value.Path ?? "/",
            Header = value.Header ?? new Dictionary<string, IReadOnlyList<string>>(),
            Port = value.Port ?? 0,
            Timeout = value.Timeout ?? 5,
            Retries = value.Retries ?? 2,
            Interval = value.Interval ?? 60,
            ConsecutiveDown = value.ConsecutiveDown ?? 0,
            ConsecutiveUp = value.ConsecutiveUp ?? 0,
            ExpectedCodes = value.ExpectedCodes ?? "",
            ExpectedBody = value.ExpectedBody ?? "",
            FollowRedirects = value.FollowRedirects ?? false,
            AllowInsecure = value.AllowInsecure ?? false,
            ProbeZone = value.ProbeZone ?? "",
            Other = null,
        };
    }

    public override void Validate(CloudflareMonitor value, Configuration configuration, Validation errors)
    {
        Unsupported.Validate(value.Other, errors);
        errors.OneOf(value.Type, "type", "http", "https", "tcp");
        errors.Range(value.Interval, 1, 3600, "interval");
        errors.Range(value.Timeout, 1, 30, "timeout");
        errors.Range(value.Retries, 0, 5, "retries");
        errors.Range(value.ConsecutiveDown, 0, 50, "consecutive_down");
        errors.Range(value.ConsecutiveUp, 0, 50, "consecutive_up");
        errors.Range(value.Port, 0, 65535, "port");
        errors.Require(value.Type != "tcp" || value.Port is not (null or 0), "/port", "port is required for tcp: validation failed");
        errors.OneOf(value.ProbeZone, "probe_zone", "");
        if (value.Type == "tcp")
            errors.OneOf(value.Method, "method", "connection_established");
        else
            errors.OneOf(value.Method, "method", "GET", "HEAD");
        errors.Require(
            value.Path is null || (value.Path.StartsWith('/') && !value.Path.Any(char.IsControl) && !value.Path.Contains(' ', StringComparison.Ordinal)),
            "/path", "path must begin with / and have no spaces: validation failed");
        errors.Require(
            ExpectedCodes.TryParse(value.ExpectedCodes ?? "", out _), "/expected_codes",
            "expected_codes must be such as \"200\", \"2xx\" or \"200,201\": validation failed");
        HeaderRules.Validate(value.Header, "/header", errors);
    }

    public override CloudflareMonitor Present(CloudflareMonitor value) => value;
}
