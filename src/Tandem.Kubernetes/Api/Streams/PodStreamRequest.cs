using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
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
        var tty = exec ? ApiRequest.Flag(query, "tty") : pod.Items("spec", "containers").Concat(pod.Items("spec", "initContainers"))
            .Concat(pod.Items("spec", "ephemeralContainers")).First(c => c.Text("name") == container).Flag("tty");
        var options = new StreamOptions(
            container,
            exec ? [.. query["command"].Select(c => c ?? "")] : [],
            ApiRequest.Flag(query, "stdin"),
            ApiRequest.Flag(query, "stdout"),
            ApiRequest.Flag(query, "stderr") && !tty,
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

    private static string ContainerName(JsonObject pod, string wanted) => ContainerChoice.Of(
        pod.Text("metadata", "name") ?? "", wanted, Names(pod, "initContainers"), Names(pod, "containers"), Names(pod, "ephemeralContainers"));

    private static List<string> Names(JsonObject pod, string list) => [.. pod.Items("spec", list).Select(c => c.Text("name") ?? "")];

    private static int Port(string text) => int.TryParse(text, out var port) && port is > 0 and <= 65535
        ? port
        : throw ApiException.BadRequest($"invalid port {text}: must be between 1 and 65535, inclusive");
}
