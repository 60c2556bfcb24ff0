using System.Text.Json;

namespace Tandem.Cloudflare.Model;

/// <summary>What every stored object has.</summary>
public interface ICloudflareObject
{
    /// <summary>32 hexadecimal digits, given by the server; null in a request.</summary>
    string? Id { get; }

    /// <summary>Fields that this library does not know: kept, so that reading, changing and writing an object loses nothing.</summary>
    IDictionary<string, JsonElement>? Other { get; }
}
