namespace Tandem.Ingress.Nginx;

/// <summary>nginx says that a configuration is wrong; it goes on with the one before.</summary>
internal sealed class ConfigurationRefusedException(string reason) : Exception($"nginx refuses the configuration: {reason}");
