using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The defaults of a pod's specification, for pods and for every template of pods.</summary>
internal static class PodSpecDefaults
{
    public static void Apply(JsonObject spec)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("securityContext", new JsonObject());
        spec.Default("schedulerName", "default-scheduler");
        if (spec.Text("serviceAccountName") is { } account)
            spec["serviceAccount"] = account;
        else if (spec.Text("serviceAccount") is { } old)
            spec["serviceAccountName"] = old;

        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")).Concat(spec.Items("ephemeralContainers")))
            Container(container, spec.Flag("hostNetwork"));
        foreach (var volume in spec.Items("volumes"))
            Volume(volume);
    }

    private static void Container(JsonObject container, bool hostNetwork)
    {
        container.Default("resources", new JsonObject());
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        container.Default("imagePullPolicy", IsLatest(container.Text("image") ?? "") ? "Always" : "IfNotPresent");
        foreach (var port in container.Items("ports"))
        {
            port.Default("protocol", "TCP");
            if (hostNetwork && port.Number("containerPort") is { } number)
                port.Default("hostPort", number);
        }

        foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
            if (container.Child(probe) is { } p)
                Probe(p);
        foreach (var hook in new[] { "postStart", "preStop" })
            if (container.Child("lifecycle", hook, "httpGet") is { } get)
                HttpGet(get);
        foreach (var variable in container.Items("env"))
            variable.Child("valueFrom", "fieldRef")?.Default("apiVersion", "v1");

        // A limit without a request asks for as much as it limits.
        if (container.Child("resources", "limits") is { } limits)
            foreach (var (name, value) in limits.ToList())
                container.Child("resources")!.Ensure("requests").Default(name, value!.DeepClone());
    }

    private static void Probe(JsonObject probe)
    {
        probe.Default("timeoutSeconds", 1);
        probe.Default("periodSeconds", 10);
        probe.Default("successThreshold", 1);
        probe.Default("failureThreshold", 3);
        if (probe.Child("httpGet") is { } get)
            HttpGet(get);
        probe.Child("grpc")?.Default("service", "");
    }

    private static void HttpGet(JsonObject get)
    {
        get.Default("path", "/");
        get.Default("scheme", "HTTP");
    }

    private static void Volume(JsonObject volume)
    {
        if (volume.Count(f => f.Value is not null) == 1)
            volume["emptyDir"] = new JsonObject();
        foreach (var source in new[] { "configMap", "secret", "downwardAPI", "projected" })
            volume.Child(source)?.Default("defaultMode", 420);
        volume.Child("hostPath")?.Default("type", "");
        foreach (var source in volume.Items("projected", "sources"))
            source.Child("serviceAccountToken")?.Default("expirationSeconds", 3600);
        foreach (var item in volume.Items("downwardAPI", "items")
            .Concat(volume.Items("projected", "sources").SelectMany(s => s.Items("downwardAPI", "items"))))
            item.Child("fieldRef")?.Default("apiVersion", "v1");
    }

    /// <summary>No tag and no digest, or the tag "latest".</summary>
    private static bool IsLatest(string image)
    {
        if (image.Contains('@'))
            return false;
        var name = image[(image.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':');
        return colon < 0 || name[(colon + 1)..] == "latest";
    }
}
