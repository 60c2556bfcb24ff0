namespace Tandem.Ingress.Translation;

/// <summary>What nginx.conf says that no object decides.</summary>
/// <param name="Folder">Where certificates, the control socket and temporary files are; absolute.</param>
/// <param name="HttpListen">Port, or address and port, for plain HTTP.</param>
/// <param name="HttpsListen">Port, or address and port, for TLS.</param>
/// <param name="AccessLog">The file that one JSON line a request goes to.</param>
/// <param name="Workers">Worker processes.</param>
internal sealed record NginxSettings(string Folder, string HttpListen, string HttpsListen, string AccessLog, int Workers);
