using System.Text.Json;

namespace Tandem.LoadBalancer.State;

/// <summary>
/// The configuration in memory and on disk. A change is on disk before anybody sees it. A file that cannot be read is
/// reported and left alone: overwriting it would lose what an operator may still repair.
/// </summary>
public sealed class ConfigurationStore
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private volatile Configuration _current;

    private ConfigurationStore(string path, Configuration current) => (_path, _current) = (path, current);

    /// <summary>The configuration now.</summary>
    public Configuration Current => _current;

    /// <summary>Called after each change, in order, before the change is answered; must not throw.</summary>
    public event Action<Configuration>? Changed;

    /// <summary>Reads the configuration; a file that does not exist is an empty one.</summary>
    /// <exception cref="InvalidDataException">The file exists and cannot be understood; the message names it.</exception>
    public static ConfigurationStore Open(string path)
    {
        if (!File.Exists(path))
            return new ConfigurationStore(path, Configuration.Empty);
        try
        {
            var stored = JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.StoredConfiguration);
            return stored is { Version: StoredConfiguration.Present }
                ? new ConfigurationStore(path, stored.ToConfiguration())
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
            DurableFile.Write(
                _path, JsonSerializer.SerializeToUtf8Bytes(StoredConfiguration.From(next), StateJson.Default.StoredConfiguration));
            _current = next;
            Changed?.Invoke(next);
            return next;
        }
    }
}
