using System.Text.Json;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.State;

/// <summary>
/// Published decisions on disk, so that a restart resumes them. Only a convenience: what cannot be read is measured anew,
/// and what cannot be written is reported and written with the next decision.
/// </summary>
internal sealed class HealthStore(string path, Action<Exception> onError)
{
    /// <summary>What is known of each target, for a process that begins at this time.</summary>
    public Dictionary<TargetKey, TargetHealth> Load(DateTimeOffset now)
    {
        try
        {
            if (!File.Exists(path))
                return [];
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.IReadOnlyListStoredHealth)!
                .ToDictionary(stored => stored.Key, stored => stored.Resume(now));
        }
        catch (Exception e) when (e is JsonException or IOException or ArgumentException or NullReferenceException)
        {
            onError(e);
            return [];
        }
    }

    public void Save(HealthBoard board)
    {
        IReadOnlyList<StoredHealth> stored =
        [
            .. from pair in board.Targets
               where pair.Value.PublishedSince is not null
               select StoredHealth.Of(pair.Key, pair.Value),
        ];
        try
        {
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(stored, StateJson.Default.IReadOnlyListStoredHealth));
        }
        catch (IOException e)
        {
            onError(e);
        }
    }
}
