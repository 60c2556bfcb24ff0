using System.Security.Cryptography;
using System.Text.Json;

namespace Tandem.LoadBalancer.State;

/// <summary>
/// The configuration in memory and on disk. A change is on disk before anybody sees it. A file that cannot be read is
/// reported and left alone: overwriting it would lose what an operator may still repair.
/// </summary>
public sealed class ConfigurationStore
{
    // Made anew with each start, so that no copy and no older backup of a state folder can write with another one's stamps.
    private readonly string _writer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private volatile ReplicaState _state;
    private volatile Configuration _current;

    private ConfigurationStore(string path, ReplicaState state, TimeProvider time) =>
        (_path, _state, _current, _time) = (path, state, state.ToConfiguration(Configuration.Empty), time);

    /// <summary>The configuration now.</summary>
    public Configuration Current => _current;

    /// <summary>All that is known now, for other servers of the zone.</summary>
    internal ReplicaState State => _state;

    /// <summary>Called after each change, in order, before the change is answered; must not throw.</summary>
    public event Action<Configuration>? Changed;

    /// <summary>Reads the configuration; a file that does not exist is an empty one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">Dates deletions; null for the system's clock.</param>
    /// <exception cref="InvalidDataException">The file exists and cannot be understood; the message names it.</exception>
    public static ConfigurationStore Open(string path, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        if (!File.Exists(path))
            return new ConfigurationStore(path, ReplicaState.Empty, time);
        try
        {
            var stored = JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.StoredConfiguration);
            return stored is { Version: StoredConfiguration.Present }
                ? new ConfigurationStore(path, stored.ToState(), time)
                : throw new InvalidDataException($"{path} has version {stored?.Version}; this program reads {StoredConfiguration.Present}.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path} cannot be read and was left as it is: {e.Message}", e);
        }
    }

    /// <summary>Changes the configuration: one change at a time, durable before it is visible.</summary>
    /// <param name="change">From the present configuration to the next; what it throws leaves everything as it was.</param>
    public Configuration Update(Func<Configuration, Configuration> change)
    {
        lock (_gate)
        {
            var next = change(_current);
            if (ReferenceEquals(next, _current))
                return next;
            var now = _time.GetUtcNow();
            Set(ConfigurationWrite.Prune(ConfigurationWrite.Apply(_state, _current, next, _writer, now), now), next);
            return next;
        }
    }

    /// <summary>Takes in what another server knows: durable before it is visible, as a change of this one's own.</summary>
    /// <returns>What both know together.</returns>
    /// <exception cref="InvalidDataException">An object refers to one that neither of them knows; nothing was taken in.</exception>
    internal ReplicaState Merge(ReplicaState theirs)
    {
        lock (_gate)
        {
            var merged = ConfigurationWrite.Prune(ConfigurationMerge.Merge(_state, theirs), _time.GetUtcNow());
            if (merged.SameAs(_state))
                return _state;
            if (merged.Dangling() is { } missing)
                throw new InvalidDataException($"{missing.Kind} {missing.Id} is referred to and does not exist.");
            Set(merged, merged.ToConfiguration(_current));
            return merged;
        }
    }

    private void Set(ReplicaState state, Configuration next)
    {
        DurableFile.Write(
            _path, JsonSerializer.SerializeToUtf8Bytes(StoredConfiguration.From(state), StateJson.Default.StoredConfiguration));
        var changed = next != _current;
        (_state, _current) = (state, next);
        if (changed)
            Changed?.Invoke(next);
    }
}
