namespace Tandem.Kubernetes.Api.Metrics;

/// <summary>Where metrics.k8s.io comes from: the node, which lives in the same process.</summary>
internal interface INodeUsage
{
    /// <summary>The newest measurement; may take a second where nobody has asked for long.</summary>
    /// <exception cref="Errors.ApiException">503: the node's runtime does not answer.</exception>
    Task<UsageReport> ReadAsync(CancellationToken cancellationToken);
}
