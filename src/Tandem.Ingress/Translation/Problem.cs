using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>Something of an Ingress that is not in force.</summary>
/// <param name="Ingress">The object that its author has to change.</param>
/// <param name="Reason">One word for the event.</param>
/// <param name="Message">What is wrong, for people.</param>
internal sealed record Problem(V1Ingress Ingress, string Reason, string Message);
