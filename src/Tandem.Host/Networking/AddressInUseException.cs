namespace Tandem.Host.Networking;

/// <summary>A link, address or port that the platform needs belongs to somebody else.</summary>
public sealed class AddressInUseException(string message) : Exception(message);
