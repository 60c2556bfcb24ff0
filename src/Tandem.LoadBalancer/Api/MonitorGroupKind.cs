using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Monitor groups.</summary>
internal sealed class MonitorGroupKind : ResourceKind<CloudflareMonitorGroup>
{
    /// <summary>Each member probes each origin of each pool that uses the group.</summary>
    private const int MaxMembers = 20;

    private static readonly UnsupportedFields Unsupported = new("{}");

    public override string Name => "monitor group";

    public override string Type => References.MonitorGroup;

    public override JsonTypeInfo<CloudflareMonitorGroup> Json => CloudflareJson.Default.CloudflareMonitorGroup;

    public override JsonTypeInfo<CloudflareEnvelope<CloudflareMonitorGroup>> Envelope =>
        CloudflareJson.Default.CloudflareEnvelopeCloudflareMonitorGroup;

    public override JsonTypeInfo<CloudflareEnvelope<IReadOnlyList<CloudflareMonitorGroup>>> ListEnvelope =>
        CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareMonitorGroup;

    public override ImmutableSortedDictionary<string, CloudflareMonitorGroup> In(Configuration configuration) => configuration.MonitorGroups;

    public override Configuration With(Configuration configuration, ImmutableSortedDictionary<string, CloudflareMonitorGroup> all) =>
        configuration with { MonitorGroups = all };

    public override int Limit(LoadBalancerQuotas quotas) => quotas.MonitorGroups;

    public override DateTimeOffset? CreatedOn(CloudflareMonitorGroup value) => value.CreatedOn;

    public override CloudflareMonitorGroup WithId(CloudflareMonitorGroup value, string id) => value with { Id = id };

    public override CloudflareMonitorGroup Complete(
        CloudflareMonitorGroup value, string id, DateTimeOffset created, DateTimeOffset modified) => value with
        {
            Id = id,
            CreatedOn = created,
            ModifiedOn = modified,
            Description = value.Description ?? "",
            Other = null,
            Members =
            [
                .. value.Members!.Select(m => m with
                {
                    Enabled = m.Enabled ?? true,
                    MonitoringOnly = m.MonitoringOnly ?? false,
                    MustBeHealthy = m.MustBeHealthy ?? false,
                    Other = null,
                }),
            ],
        };

    public override void Validate(CloudflareMonitorGroup value, Configuration configuration, Validation errors)
    {
        Unsupported.Validate(value.Other, errors);
        var members = value.Members ?? [];
        errors.Require(members.Count is > 0 and <= MaxMembers, "/members", $"members needs 1 to {MaxMembers} monitors: validation failed");
        errors.Require(
            members.Count == 0 || members.Any(m => m is { Enabled: not false, MonitoringOnly: not true }),
            "/members", "members needs one that is enabled and not monitoring_only: validation failed");
        for (var i = 0; i < members.Count; i++)
        {
            var id = members[i]?.MonitorId;
            Unsupported.Validate(members[i]?.Other, errors, $"/members/{i}");
            errors.Require(
                id is not null && configuration.Monitors.ContainsKey(id), $"/members/{i}/monitor_id", $"monitor {id} does not exist: validation failed");
            errors.Require(
                id is null || members.Count(m => m?.MonitorId == id) == 1, $"/members/{i}/monitor_id", "monitor_id: value not unique", ErrorCodes.NotUnique);
        }
    }

    public override CloudflareMonitorGroup Present(CloudflareMonitorGroup value) => value;
}
