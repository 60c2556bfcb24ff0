using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>The Status that ends a stream, for the error channel of protocol v4 and newer. Pure.</summary>
internal static class StreamStatus
{
    // Found while reading; else it is found by whoever first looks for a field.
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    /// <summary>What the runtime reported: success and exit codes as they are, all else as an internal error.</summary>
    public static byte[] Of(ReadOnlySpan<byte> reported)
    {
        JsonNode? status;
        try
        {
            status = JsonNode.Parse(reported, documentOptions: NoDuplicates);
        }
        catch (JsonException)
        {
            return InternalError("error stream protocol error: the runtime's status cannot be read");
        }

        var known = status.Text("status") == "Success" || status.Text("reason") == "NonZeroExitCode";
        return known ? Utf8Json.Write(status!) : InternalError(status.Text("message") ?? "");
    }

    /// <summary>The stream failed on this side of the container.</summary>
    public static byte[] InternalError(string why) => Utf8Json.Write(new ApiException(
        500,
        "InternalError",
        $"Internal error occurred: {why}",
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = why }) }).ToStatus());
}
