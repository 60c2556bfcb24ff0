using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>Reads and checks what a request for a stream says, in the words of kube-apiserver and kubelet. Pure.</summary>
internal static class PodStreamRequest
{
    /// <exception cref="ApiException">400: no such container, or no host.</exception>
    /// <exception cref="StreamRefusedException">400: no stream is asked for, or no command.</exception>
    public static StreamOptions Read(IQueryCollection query, JsonObject pod, bool exec)
    {
        var container = ContainerName(pod, query["container"].ToString());
        CheckHost(pod);
        // Whether the process of a container has a terminal was settled when it started.
        var tty = exec ? Flag(query, "tty") : pod.Items("spec", "containers").Concat(pod.Items("spec", "initContainers"))
            .Concat(pod.Items("spec", "ephemeralContainers")).First(c => c.Text("name") == container).Flag("tty");
        var options = new StreamOptions(
            container,
            exec ? [.. query["command"].Select(c => c ?? "")] : [],
            Flag(query, "stdin"),
            Flag(query, "stdout"),
            Flag(query, "stderr") && !tty,
            tty);
        if (!options.Stdin && !options.Stdout && !options.Stderr)
            throw new StreamRefusedException(400, "you must specify at least 1 of stdin, stdout, stderr");
        return options;
    }

    /// <summary>The ports of <c>?ports=80&amp;ports=81,82</c>; none is well, as SPDY names them later.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static IReadOnlyList<int> ReadPorts(IQueryCollection query, JsonObject pod)
    {
        CheckHost(pod);
        return [.. query["ports"].SelectMany(p => (p ?? "").Split(',')).Where(p => p.Length > 0).Select(Port)];
    }

    private static void CheckHost(JsonObject pod)
    {
        if (pod.Text("spec", "nodeName") is null or "")
            throw ApiException.BadRequest($"pod {pod.Text("metadata", "name")} does not have a host assigned");
    }

    private static string ContainerName(JsonObject pod, string wanted)
    {
        var name = pod.Text("metadata", "name");
        var main = Names(pod, "containers");
        if (wanted.Length > 0)
        {
            return main.Concat(Names(pod, "initContainers")).Concat(Names(pod, "ephemeralContainers")).Contains(wanted)
                ? wanted
                : throw ApiException.BadRequest($"container {wanted} is not valid for pod {name}");
        }

        if (main.Count == 1)
            return main[0];
        var text = $"a container name must be specified for pod {name}, choose one of: [{string.Join(' ', main)}]";
        var init = Names(pod, "initContainers");
        throw ApiException.BadRequest(init.Count > 0 ? $"{text} or one of the init containers: [{string.Join(' ', init)}]" : text);
    }

    private static List<string> Names(JsonObject pod, string list) => [.. pod.Items("spec", list).Select(c => c.Text("name") ?? "")];

    // The options are decoded as Go decodes a bool from a query: the empty string and the false ones are false, all else true.
    private static bool Flag(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var value) && !StringValues.IsNullOrEmpty(value)
        && value[0] is not ("" or "0") && !string.Equals(value[0], "false", StringComparison.OrdinalIgnoreCase);

    private static int Port(string text) => int.TryParse(text, out var port) && port is > 0 and <= 65535
        ? port
        : throw ApiException.BadRequest($"invalid port {text}: must be between 1 and 65535, inclusive");
}
