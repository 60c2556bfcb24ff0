using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Admission;

/// <summary>A write on its way to storage, after decoding and defaulting and before validation.</summary>
/// <param name="Resource">The kind.</param>
/// <param name="Operation">CREATE, UPDATE or DELETE.</param>
/// <param name="Namespace">Empty for what is not in one.</param>
/// <param name="Name">Empty while it is still to be generated.</param>
/// <param name="Object">What is to be stored; plugins may change it.</param>
/// <param name="Old">What is stored; null for a creation.</param>
/// <param name="Options">Who writes, and how.</param>
internal sealed record AdmissionRequest(
    Resource Resource, string Operation, string Namespace, string Name, JsonObject Object, JsonObject? Old, WriteOptions Options);

/// <summary>A rule that looks at more than the object itself. See
/// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/.</summary>
internal interface IAdmission
{
    /// <exception cref="ApiException">The request is refused.</exception>
    void Admit(AdmissionRequest request);
}
