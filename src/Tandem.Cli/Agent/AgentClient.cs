using System.Globalization;
using System.Text.Json;
using Tandem.Cli.Commands.Parity;
using Tandem.Cli.Output;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Agent;

/// <summary>Asks the agent for its verdict.</summary>
internal static class AgentClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <returns>The verdict; null where the agent does not answer, or has none yet.</returns>
    public static async Task<ParityReport?> ReadAsync(PlatformSpec spec, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{spec.AgentPort}/readiness")), cancellationToken);
            return answer.IsSuccessStatusCode ? Json.Read<ParityReport>(await answer.Content.ReadAsStringAsync(cancellationToken)) : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
