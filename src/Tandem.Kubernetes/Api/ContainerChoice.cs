using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api;

/// <summary>Which container of a pod a request for its log or its streams means, in kube-apiserver's words. Pure.</summary>
internal static class ContainerChoice
{
    /// <param name="pod">Name of the pod.</param>
    /// <param name="wanted">The container that the request names; null or empty where it names none.</param>
    /// <param name="init">Names of the init containers.</param>
    /// <param name="main">Names of the main containers.</param>
    /// <param name="ephemeral">Names of the ephemeral containers.</param>
    /// <returns>The name of a container of the pod: the only main one, where none is named.</returns>
    /// <exception cref="ApiException">400: there is no such container, or several and none was named.</exception>
    public static string Of(
        string pod, string? wanted, IReadOnlyList<string> init, IReadOnlyList<string> main, IReadOnlyList<string> ephemeral)
    {
        string[] all = [.. init, .. main, .. ephemeral];
        if (!string.IsNullOrEmpty(wanted))
        {
            return all.Contains(wanted) ? wanted : throw ApiException.BadRequest($"container {wanted} is not valid for pod {pod}");
        }

        return main.Count == 1
            ? main[0]
            : throw ApiException.BadRequest($"a container name must be specified for pod {pod}, choose one of: [{string.Join(' ', all)}]");
    }
}
