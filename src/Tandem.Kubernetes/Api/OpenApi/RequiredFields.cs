using System.Collections.Frozen;

namespace Tandem.Kubernetes.Api.OpenApi;

/// <summary>
/// Which fields a type cannot be without, as the OpenAPI document of Kubernetes 1.33 says it
/// (https://github.com/kubernetes/kubernetes/blob/release-1.33/api/openapi-spec/swagger.json). <c>kubectl explain</c> shows it, and
/// older clients check it themselves.
/// </summary>
internal static class RequiredFields
{
    // A group, and below it its types with their fields.
    private const string Table = """
        apiextensions/v1
          CustomResourceColumnDefinition name type jsonPath
          CustomResourceConversion strategy
          CustomResourceDefinition spec
          CustomResourceDefinitionCondition type status
          CustomResourceDefinitionNames plural kind
          CustomResourceDefinitionSpec group names scope versions
          CustomResourceDefinitionVersion name served storage
          CustomResourceSubresourceScale specReplicasPath statusReplicasPath
          SelectableField jsonPath
          ValidationRule rule
        apps/v1
          ControllerRevision revision
          DaemonSetCondition type status
          DaemonSetSpec selector template
          DaemonSetStatus currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady
          DeploymentCondition type status
          DeploymentSpec selector template
          ReplicaSetCondition type status
          ReplicaSetSpec selector
          ReplicaSetStatus replicas
          StatefulSetCondition type status
          StatefulSetSpec selector template
          StatefulSetStatus replicas
        authentication/v1
          TokenRequest spec
          TokenRequestSpec audiences
          TokenRequestStatus token expirationTimestamp
          TokenReview spec
        authorization/v1
          LocalSubjectAccessReview spec
          NonResourceRule verbs
          ResourceRule verbs
          SelfSubjectAccessReview spec
          SelfSubjectRulesReview spec
          SubjectAccessReview spec
          SubjectAccessReviewStatus allowed
          SubjectRulesReviewStatus resourceRules nonResourceRules incomplete
        autoscaling/v1
          CrossVersionObjectReference kind name
          HorizontalPodAutoscalerSpec scaleTargetRef maxReplicas
          HorizontalPodAutoscalerStatus currentReplicas desiredReplicas
          ScaleStatus replicas
        autoscaling/v2
          ContainerResourceMetricSource name target container
          ContainerResourceMetricStatus name current container
          CrossVersionObjectReference kind name
          ExternalMetricSource metric target
          HPAScalingPolicy type value periodSeconds
          HorizontalPodAutoscalerCondition type status
          HorizontalPodAutoscalerSpec scaleTargetRef maxReplicas
          HorizontalPodAutoscalerStatus desiredReplicas
          MetricIdentifier name
          MetricSpec type
          MetricStatus type
          MetricTarget type
          ObjectMetricSource describedObject target metric
          PodsMetricSource metric target
          ResourceMetricSource name target
          ResourceMetricStatus name current
        batch/v1
          CronJobSpec schedule jobTemplate
          JobCondition type status
          JobSpec template
          PodFailurePolicy rules
          PodFailurePolicyOnExitCodesRequirement operator values
          PodFailurePolicyRule action
          SuccessPolicy rules
        core/v1
          AWSElasticBlockStoreVolumeSource volumeID
          AppArmorProfile type
          AttachedVolume name devicePath
          AzureDiskVolumeSource diskName diskURI
          AzureFileVolumeSource secretName shareName
          Binding target
          CSIPersistentVolumeSource driver volumeHandle
          CSIVolumeSource driver
          CephFSVolumeSource monitors
          CinderVolumeSource volumeID
          ConfigMapKeySelector key
          Container name
          ContainerPort containerPort
          ContainerResizePolicy resourceName restartPolicy
          ContainerStateTerminated exitCode
          ContainerStatus name ready restartCount image imageID
          DaemonEndpoint Port
          DownwardAPIVolumeFile path
          EndpointAddress ip
          EndpointPort port
          EnvVar name
          EphemeralContainer name
          Event metadata involvedObject
          FlexVolumeSource driver
          GCEPersistentDiskVolumeSource pdName
          GRPCAction port
          GitRepoVolumeSource repository
          GlusterfsVolumeSource endpoints path
          HTTPGetAction port
          HTTPHeader name value
          HostAlias ip
          HostIP ip
          HostPathVolumeSource path
          ISCSIVolumeSource targetPortal iqn lun
          KeyToPath key path
          LimitRangeItem type
          LimitRangeSpec limits
          LocalVolumeSource path
          NFSVolumeSource server path
          NamespaceCondition type status
          NodeAddress type address
          NodeCondition type status
          NodeSelector nodeSelectorTerms
          NodeSelectorRequirement key operator
          NodeSystemInfo machineID systemUUID bootID kernelVersion osImage containerRuntimeVersion kubeletVersion kubeProxyVersion operatingSystem architecture
          ObjectFieldSelector fieldPath
          PersistentVolumeClaimCondition type status
          PersistentVolumeClaimTemplate spec
          PersistentVolumeClaimVolumeSource claimName
          PodAffinityTerm topologyKey
          PodCondition type status
          PodIP ip
          PodOS name
          PodReadinessGate conditionType
          PodResourceClaim name
          PodSchedulingGate name
          PodSpec containers
          PortStatus port protocol
          PortworxVolumeSource volumeID
          PreferredSchedulingTerm weight preference
          QuobyteVolumeSource registry volume
          RBDVolumeSource monitors image
          ResourceClaim name
          ResourceFieldSelector resource
          ScaleIOVolumeSource gateway system secretRef
          ScopedResourceSelectorRequirement scopeName operator
          SeccompProfile type
          SecretKeySelector key
          ServiceAccountTokenProjection path
          ServicePort port
          Sysctl name value
          TCPSocketAction port
          Taint key effect
          TopologySelectorLabelRequirement key values
          TopologySpreadConstraint maxSkew topologyKey whenUnsatisfiable
          TypedLocalObjectReference kind name
          TypedObjectReference kind name
          Volume name
          VolumeDevice name devicePath
          VolumeMount name mountPath
          VolumeMountStatus name mountPath
          VsphereVirtualDiskVolumeSource volumePath
          WeightedPodAffinityTerm weight podAffinityTerm
        discovery/v1
          Endpoint addresses
          EndpointSlice addressType endpoints
          ForZone name
        events/v1
          Event eventTime
          EventSeries count lastObservedTime
        meta/v1
          Condition type status lastTransitionTime reason message
          LabelSelectorRequirement key operator
          OwnerReference apiVersion kind name uid
        networking/v1
          HTTPIngressPath pathType backend
          HTTPIngressRuleValue paths
          IPBlock cidr
          IngressClassParametersReference kind name
          IngressPortStatus port protocol
          IngressServiceBackend name
          NetworkPolicySpec podSelector
        policy/v1
          PodDisruptionBudgetStatus disruptionsAllowed currentHealthy desiredHealthy expectedPods
        rbac/v1
          ClusterRoleBinding roleRef
          PolicyRule verbs
          RoleBinding roleRef
          RoleRef apiGroup kind name
          Subject kind name
        scheduling/v1
          PriorityClass value
        storage/v1
          StorageClass provisioner
        """;

    /// <summary>By the name of the type's message, such as core/v1.Container.</summary>
    public static FrozenDictionary<string, IReadOnlyList<string>> ByMessage { get; } = Read();

    private static FrozenDictionary<string, IReadOnlyList<string>> Read()
    {
        var types = new Dictionary<string, IReadOnlyList<string>>();
        var group = "";
        foreach (var line in Table.Split('\n'))
        {
            if (line.Trim().Split(' ') is [var type, .. { Length: > 0 } fields])
                types.Add($"{group}.{type}", fields);
            else
                group = line.Trim();
        }

        return types.ToFrozenDictionary();
    }
}
