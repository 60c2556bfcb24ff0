using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The words that <c>kubectl get pods</c> shows: a summary that exists only in this table.</summary>
internal static class PodPrinter
{
    public static string Ready(JsonObject pod) =>
        $"{pod.Items("status", "containerStatuses").Count(c => c.Flag("ready") && c.Child("state", "running") is not null)}/{pod.Items("spec", "containers").Count()}";

    public static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        var statuses = pod.Items("status", "containerStatuses").ToList();
        var count = statuses.Sum(c => c.Number("restartCount") ?? 0);
        var last = statuses.Select(c => c.Text("lastState", "terminated", "finishedAt")).OfType<string>().Max(StringComparer.Ordinal);
        return count == 0 || last is null ? count.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"{count} ({TableColumn.Since(last, now)} ago)";
    }

    public static string Status(JsonObject pod)
    {
        var reason = pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
        var initializing = Initializing(pod);
        if (initializing is not null)
        {
            reason = initializing;
        }
        else
        {
            var running = false;
            foreach (var status in pod.Items("status", "containerStatuses").Reverse())
            {
                if (status.Text("state", "waiting", "reason") is { Length: > 0 } waiting)
                    reason = waiting;
                else if (status.Child("state", "terminated") is { } terminated)
                    reason = Terminated(terminated);
                else if (status.Flag("ready") && status.Child("state", "running") is not null)
                    running = true;
            }

            if (reason == "Completed" && running)
                reason = pod.Items("status", "conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True") ? "Running" : "NotReady";
        }

        if (pod.Text("metadata", "deletionTimestamp") is not null)
            return pod.Text("status", "reason") == "NodeLost" ? "Unknown" : pod.Text("status", "phase") is "Succeeded" or "Failed" ? reason : "Terminating";
        return reason;
    }

    private static string? Initializing(JsonObject pod)
    {
        var total = pod.Items("spec", "initContainers").Count();
        foreach (var (index, status) in pod.Items("status", "initContainerStatuses").Index())
        {
            if (status.Number("state", "terminated", "exitCode") == 0 || (status.Flag("started") && status.Child("state", "running") is not null))
                continue;
            if (status.Child("state", "terminated") is { } terminated)
                return "Init:" + Terminated(terminated);
            return status.Text("state", "waiting", "reason") is { Length: > 0 } waiting and not "PodInitializing" ? "Init:" + waiting : $"Init:{index}/{total}";
        }

        return null;
    }

    private static string Terminated(JsonObject terminated) =>
        terminated.Text("reason") is { Length: > 0 } reason ? reason
        : terminated.Number("signal") is { } signal and not 0 ? $"Signal:{signal}"
        : $"ExitCode:{terminated.Number("exitCode")}";
}
