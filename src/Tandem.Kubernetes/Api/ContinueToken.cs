using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api;

/// <summary>Where the next page of a list begins, and at which revision.</summary>
internal sealed record ContinueToken(long Revision, string Start)
{
    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Revision, ["start"] = Start + "\0" }.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <exception cref="ApiException">400 for what this server did not give out.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var base64 = text.Replace('-', '+').Replace('_', '/');
            var json = JsonNode.Parse(Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '=')));
            if (json.Text("v") == "meta.k8s.io/v1" && json.Number("rv") is { } revision && json.Text("start") is { } start && !start.Contains("..", StringComparison.Ordinal))
                return new ContinueToken(revision, start.TrimEnd('\0'));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Answered below, like any other text that is no token.
        }

        throw ApiException.BadRequest("continue key is not valid");
    }
}
