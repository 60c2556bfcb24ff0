using System.Text.Json;
using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.State;

/// <summary>A target's last published decision, with what damping needs.</summary>
internal sealed record StoredHealth(
    string PoolId, string Origin, string Address, int Port, bool Published, DateTimeOffset Since, IReadOnlyList<DateTimeOffset> Flips,
    string Monitor = "");

/// <summary>
/// Published decisions on disk, so that a restart resumes them. Only a convenience: what cannot be read is measured anew,
/// and what cannot be written is reported and written with the next decision.
/// </summary>
internal sealed class HealthStore(string path, Action<Exception> onError)
{
    public Dictionary<TargetKey, TargetHealth> Load()
    {
        try
        {
            if (!File.Exists(path))
                return [];
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.IReadOnlyListStoredHealth)!.ToDictionary(
                h => new TargetKey(h.PoolId, h.Origin, h.Address, h.Port, h.Monitor),
                h => new TargetHealth { Published = h.Published, PublishedSince = h.Since, ObservedSince = h.Since, Flips = [.. h.Flips] });
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
               select new StoredHealth(
                   pair.Key.PoolId, pair.Key.Origin, pair.Key.Address, pair.Key.Port,
                   pair.Value.Published, pair.Value.PublishedSince!.Value, [.. pair.Value.Flips], pair.Key.Monitor),
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
