using System.Text.Json.Serialization;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Replication;

/// <summary>The JSON of an exchange: that of the file, without its white space.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredConfiguration))]
internal sealed partial class WireJson : JsonSerializerContext;
