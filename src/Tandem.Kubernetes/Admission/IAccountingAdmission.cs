using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Admission;

/// <summary>A rule that keeps account of what is stored. It is asked last, when nothing else is wrong with the object.</summary>
internal interface IAccountingAdmission
{
    /// <summary>Judges a write and, unless it is a dry run, enters it in the books.</summary>
    /// <param name="request">The write, validated.</param>
    /// <param name="registry">Who asks, to keep the books with.</param>
    /// <param name="cancellationToken">The request was given up.</param>
    /// <exception cref="ApiException">The request is refused.</exception>
    Task AdmitAsync(AdmissionRequest request, Registry registry, CancellationToken cancellationToken);
}
