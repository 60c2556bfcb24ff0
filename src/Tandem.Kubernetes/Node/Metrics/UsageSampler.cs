using Grpc.Core;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Metrics;

/// <summary>
/// Measures when somebody asks, so that nobody's asking costs nothing: those who ask again and again, as an autoscaler does, get
/// windows from one question to the next; the first one waits for a short window.
/// </summary>
internal sealed class UsageSampler(NodeOptions options, TimeProvider time) : INodeUsage, IDisposable
{
    /// <summary>Questions closer together get the same answer.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <summary>A sample older than this says too little about the present to measure from.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(50);

    /// <summary>What the first to ask wait.</summary>
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    private readonly CriClient _cri = new(options.ContainerdSocket);
    private readonly SemaphoreSlim _one = new(1);
    private NodeSample? _last;
    private long _sampled;
    private UsageReport? _report;

    public async Task<UsageReport> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var age = _last is null ? TimeSpan.MaxValue : time.GetElapsedTime(_sampled);
            if (age < Shortest && _report is not null)
                return _report;
            if (age > Longest || _last!.IsOfAnotherClock(time.GetUtcNow(), age))
            {
                _last = await SampleAsync(cancellationToken);
                await Task.Delay(First, time, cancellationToken);
            }

            var sample = await SampleAsync(cancellationToken);
            _report = sample.Since(_last!, options.NodeName);
            _last = sample;
            return _report;
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            throw new ApiException(503, "ServiceUnavailable", $"the container runtime does not answer: {e.Status.Detail}") { RetryAfterSeconds = 1 };
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _cri.Dispose();
        _one.Dispose();
    }

    private async Task<NodeSample> SampleAsync(CancellationToken cancellationToken)
    {
        var answer = await _cri.Runtime.ListContainerStatsAsync(
            new ListContainerStatsRequest(), deadline: time.GetUtcNow().UtcDateTime.AddSeconds(10), cancellationToken: cancellationToken);
        var containers = answer.Stats
            .Where(s => s.Cpu?.UsageCoreNanoSeconds is not null && s.Attributes.Labels.ContainsKey(CriLabels.PodUid))
            .ToDictionary(
                s => s.Attributes.Id,
                s => new ContainerSample(
                    s.Attributes.Labels[CriLabels.PodUid],
                    s.Attributes.Labels[CriLabels.ContainerName],
                    s.Cpu.Timestamp,
                    (long)s.Cpu.UsageCoreNanoSeconds.Value,
                    (long)(s.Memory?.WorkingSetBytes?.Value ?? 0)));
        _sampled = time.GetTimestamp();
        return new NodeSample(time.GetUtcNow(), MachineUsage.CpuNanoseconds(), MachineUsage.MemoryBytes(options.StateDirectory), containers);
    }
}
