using System.Collections.Frozen;

namespace Tandem.Kubernetes.Resources.Schemas;

/// <summary>
/// Fields of pods that the wire types have and Kubernetes 1.33 has not, or has not switched on. They are unknown here too, so that
/// whoever uses one is told, where accepting it would be a promise that nobody keeps.
/// </summary>
internal static class LaterFields
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        "V1PodSpec.evictionResponders", "V1PodSpec.hostnameOverride", "V1PodSpec.resourceClaims", "V1PodSpec.resources", "V1PodSpec.schedulingGroup",
        "V1Container.restartPolicyRules", "V1EphemeralContainer.restartPolicyRules", "V1ResourceRequirements.claims", "V1Lifecycle.stopSignal",
        "V1HTTPGetAction.protocol", "V1GRPCAction.mode", "V1EnvVarSource.fileKeyRef", "V1VolumeMount.bindMountOptions", "V1EmptyDirVolumeSource.mode",
        "V1ConfigMapVolumeSource.defaultUser", "V1SecretVolumeSource.defaultUser", "V1DownwardAPIVolumeSource.defaultUser", "V1ProjectedVolumeSource.defaultUser",
        "V1KeyToPath.user", "V1DownwardAPIVolumeFile.user", "V1ServiceAccountTokenProjection.user", "V1ClusterTrustBundleProjection.user",
        "V1VolumeProjection.podCertificate");

    public static bool Contains(string type, string field) => Names.Contains($"{type}.{field}");
}
