using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Platform.Parity.Live;

/// <summary>An amount of processor and memory.</summary>
/// <param name="Cpu">Cores.</param>
/// <param name="Memory">Bytes.</param>
public readonly record struct Resources(decimal Cpu, decimal Memory)
{
    /// <summary>The sum.</summary>
    public static Resources operator +(Resources a, Resources b) => new(a.Cpu + b.Cpu, a.Memory + b.Memory);

    /// <summary>The difference.</summary>
    public static Resources operator -(Resources a, Resources b) => new(a.Cpu - b.Cpu, a.Memory - b.Memory);

    /// <summary>So many times as much.</summary>
    public static Resources operator *(Resources a, int times) => new(a.Cpu * times, a.Memory * times);

    /// <summary>The larger of each.</summary>
    public static Resources Max(Resources a, Resources b) => new(Math.Max(a.Cpu, b.Cpu), Math.Max(a.Memory, b.Memory));

    /// <summary>Reads a map of quantities, such as a container's requests; what is not there is 0.</summary>
    public static Resources Of(JsonNode? map) => new(Amount(map?["cpu"]), Amount(map?["memory"]));

    /// <summary>
    /// What a pod requests: its containers together or the largest init container, whichever is more; init containers that stay
    /// count with both; and the overhead of its runtime.
    /// </summary>
    /// <remarks><see href="https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers">Kubernetes: sidecars</see>.</remarks>
    public static Resources OfPod(JsonNode? spec)
    {
        var running = new Resources();
        foreach (var container in spec?["containers"] as JsonArray ?? [])
            running += Of(container?["resources"]?["requests"]);
        var (sidecars, starting) = (new Resources(), new Resources());
        foreach (var container in spec?["initContainers"] as JsonArray ?? [])
        {
            var own = Of(container?["resources"]?["requests"]);
            if ((string?)container?["restartPolicy"] == "Always")
                starting = Max(starting, sidecars += own);
            else
                starting = Max(starting, sidecars + own);
        }

        return Max(running + sidecars, starting) + Of(spec?["overhead"]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cpu:0.###} CPU and {Memory / 1048576:0.#} MiB");

    private static decimal Amount(JsonNode? quantity) => quantity is null ? 0 : new ResourceQuantity(quantity.ToString()).ToDecimal();
}
