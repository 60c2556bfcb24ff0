namespace Tandem.LoadBalancer.Probing;

/// <summary>Probes over the network: each with a new connection that is closed afterwards, since a kept one proves nothing.</summary>
/// <param name="time">The clock of timeouts and durations.</param>
public sealed class NetworkProber(TimeProvider time) : IProber
{
    /// <inheritdoc/>
    public async Task<ProbeResult> ProbeAsync(ProbeRequest request, TimeSpan connectTimeout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var connection = new ProbeConnection(request.EndPoint, connectTimeout, time);
        var (reason, code) = (FailureReason.None, 0);
        try
        {
            if (request.Kind == ProbeKind.Tcp)
                await using (await connection.ConnectAsync(either.Token)) { }
            else
                (reason, code) = await HttpProbe.RunAsync(request, connection, either.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            reason = e is OperationCanceledException ? connection.TimeoutReason : Failures.Reason(e);
        }

        return new ProbeResult(reason, code, time.GetElapsedTime(started)) { Addresses = connection.Addresses };
    }
}
