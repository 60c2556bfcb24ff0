using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Platform.Failover;

/// <summary>
/// An operator's word: this cluster is preferred until said otherwise, whatever the failback policy would do. It is kept in the load
/// balancer's own description, so that it is written in one request together with the order, and can be read while a cluster is away.
/// </summary>
/// <param name="Cluster">hot or standby.</param>
/// <param name="By">Who said so.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why; null for nothing to say. At most <see cref="LongestReason"/> characters are kept.</param>
public sealed record Preference(string Cluster, string By, DateTimeOffset At, string? Reason)
{
    /// <summary>A description is no place for novels.</summary>
    public const int LongestReason = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The preference in a description; null where there is none, or none of ours.</summary>
    public static Preference? Read(string? description)
    {
        if (description is null || description.IndexOf('{', StringComparison.Ordinal) is var start && start < 0)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Preference>(description[start..], Json) is { Cluster: "hot" or "standby" } preference ? preference : null;
        }
        catch (JsonException)
        {
            // Somebody's own words.
            return null;
        }
    }

    /// <summary>The description that says it.</summary>
    /// <param name="mark">What every object of the platform says; see <see cref="WantedObjects.Mark"/>.</param>
    /// <param name="preference">The preference; null for none.</param>
    public static string Write(string mark, Preference? preference) =>
        preference is null ? mark : $"{mark} {JsonSerializer.Serialize(preference with { Reason = preference.Reason is { Length: > LongestReason } long_ ? long_[..LongestReason] : preference.Reason }, Json)}";
}
