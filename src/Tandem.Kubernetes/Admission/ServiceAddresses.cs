using System.Net;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>
/// Gives Services their cluster address and node ports, and refuses those that are taken. What is given out stays
/// reserved until the Service is seen in the cache, so that two creations at once cannot get the same.
/// </summary>
internal sealed class ServiceAddresses(Caches caches, IPNetwork range) : IAdmission
{
    private const int FirstNodePort = 30000;
    private const int LastNodePort = 32767;

    /// <summary>The lower part of the range is left for addresses that are asked for by hand (KEP-3070).</summary>
    private const int StaticBand = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _addresses = [];
    private readonly Dictionary<int, string> _nodePorts = [];

    /// <summary>Given out, and perhaps not seen in the cache yet; the oldest are forgotten at the next change.</summary>
    private readonly Queue<(string Address, string Uid)> _pending = new();

    public void Admit(AdmissionRequest request)
    {
        if (request.Resource.Kind != "Service" || request.Operation is not ("CREATE" or "UPDATE") || request.Object.Child("spec") is not { } spec)
            return;
        var type = spec.Text("type");
        lock (_lock)
        {
            Refresh();
            if (type == "ExternalName")
            {
                spec.Remove("clusterIP");
                spec.Remove("clusterIPs");
            }
            else
            {
                Address(spec, request);
            }

            if (type is "NodePort" or "LoadBalancer")
                NodePorts(spec, request);
            else
                foreach (var port in spec.Items("ports"))
                    port.Remove("nodePort");
        }
    }

    /// <summary>What is stored, is taken; a reservation that never arrived is free again at the next change.</summary>
    private void Refresh()
    {
        _addresses.Clear();
        _nodePorts.Clear();
        foreach (var stored in caches["services"].List(null))
        {
            var service = stored.Parse();
            var uid = service.Text("metadata", "uid") ?? "";
            if (service.Text("spec", "clusterIP") is { Length: > 0 } address)
                _addresses[address] = uid;
            foreach (var port in service.Items("spec", "ports"))
                if (port.Number("nodePort") is { } number)
                    _nodePorts[(int)number] = uid;
        }

        foreach (var (address, uid) in _pending)
            _addresses.TryAdd(address, uid);
        while (_pending.Count > 32)
            _pending.Dequeue();
    }

    private void Address(JsonObject spec, AdmissionRequest request)
    {
        var uid = request.Object.Text("metadata", "uid") ?? "";
        var wanted = spec.Text("clusterIP");
        if (wanted == "None")
        {
            spec["clusterIPs"] = new JsonArray("None");
            return;
        }

        if (!string.IsNullOrEmpty(wanted))
        {
            if (!IPAddress.TryParse(wanted, out var address) || !range.Contains(address))
                throw Invalid(request, wanted, $"failed to allocate IP {wanted}: the provided IP ({wanted}) is not in the valid range. The range of valid IPs is {range}");
            if (_addresses.GetValueOrDefault(wanted, uid) != uid)
                throw Invalid(request, wanted, $"failed to allocate IP {wanted}: provided IP is already allocated");
        }
        else
        {
            wanted = Next(request);
        }

        spec["clusterIP"] = wanted;
        spec["clusterIPs"] = new JsonArray(wanted);
        if (!request.Options.DryRun && request.Operation == "CREATE")
            _pending.Enqueue((wanted, uid));
    }

    private string Next(AdmissionRequest request)
    {
        var size = 1L << (32 - range.PrefixLength);
        for (var attempt = 0; attempt < 2 * size; attempt++)
        {
            var offset = StaticBand < size / 2 ? Random.Shared.NextInt64(StaticBand, size - 1) : 1 + attempt % (size - 2);
            var address = Offset(offset);
            if (!_addresses.ContainsKey(address))
                return address;
        }

        throw Invalid(request, "", "failed to allocate a serviceIP: range is full");
    }

    private string Offset(long offset)
    {
        var bytes = range.BaseAddress.GetAddressBytes();
        var number = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)offset;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes).ToString();
    }

    private void NodePorts(JsonObject spec, AdmissionRequest request)
    {
        var uid = request.Object.Text("metadata", "uid") ?? "";
        foreach (var (index, port) in spec.Items("ports").Index())
        {
            var wanted = (int)(port.Number("nodePort") ?? 0);
            if (wanted == 0)
                wanted = Enumerable.Range(FirstNodePort, LastNodePort - FirstNodePort + 1).First(p => !_nodePorts.ContainsKey(p));
            else if (_nodePorts.GetValueOrDefault(wanted, uid) != uid)
                throw ApiException.Invalid("", "Service", request.Name, [new FieldError("FieldValueInvalid", $"spec.ports[{index}].nodePort", $"Invalid value: {wanted}: provided port is already allocated")]);
            port["nodePort"] = wanted;
            _nodePorts[wanted] = uid;
        }
    }

    private static ApiException Invalid(AdmissionRequest request, string value, string why) =>
        ApiException.Invalid("", "Service", request.Name, [new FieldError("FieldValueInvalid", "spec.clusterIPs", $"Invalid value: [\"{value}\"]: {why}")]);
}
