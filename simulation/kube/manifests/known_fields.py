"""Every field that the API of the everyday kinds has, and its type.

Distilled from the protobuf descriptors of k8s.io/api. One line a structure; `a` is anything, `b` a
truth value, `i` a whole number, `q` a quantity, `s` a text, `t` a time, `x` a number or a text;
`*` before a type is a list of it and braces are a map to it. A structure called "*" takes anything.
"""

from functools import cache

TABLE = """
Affinity: nodeAffinity=NodeAffinity podAffinity=PodAffinity podAntiAffinity=PodAntiAffinity
AggregationRule: clusterRoleSelectors=*LabelSelector
AppArmorProfile: type=s localhostProfile=s
CSIVolumeSource: driver=s readOnly=b fsType=s volumeAttributes={s}
  nodePublishSecretRef=LocalObjectReference
Capabilities: add=*s drop=*s
ClientIPConfig: timeoutSeconds=i
ClusterRole: apiVersion=s kind=s metadata=ObjectMeta rules=*PolicyRule
  aggregationRule=AggregationRule
ClusterRoleBinding: apiVersion=s kind=s metadata=ObjectMeta subjects=*Subject roleRef=RoleRef
ClusterTrustBundleProjection: name=s signerName=s labelSelector=LabelSelector optional=b path=s
ConfigMap: apiVersion=s kind=s metadata=ObjectMeta immutable=b data={s} binaryData={s}
ConfigMapEnvSource: name=s optional=b
ConfigMapKeySelector: name=s key=s optional=b
ConfigMapNodeConfigSource: namespace=s name=s uid=s resourceVersion=s kubeletConfigKey=s
ConfigMapProjection: name=s items=*KeyToPath optional=b
ConfigMapVolumeSource: name=s items=*KeyToPath defaultMode=i optional=b
Container: name=s image=s command=*s args=*s workingDir=s ports=*ContainerPort
  envFrom=*EnvFromSource env=*EnvVar resources=ResourceRequirements
  resizePolicy=*ContainerResizePolicy restartPolicy=s volumeMounts=*VolumeMount
  volumeDevices=*VolumeDevice livenessProbe=Probe readinessProbe=Probe startupProbe=Probe
  lifecycle=Lifecycle terminationMessagePath=s terminationMessagePolicy=s imagePullPolicy=s
  securityContext=SecurityContext stdin=b stdinOnce=b tty=b restartPolicyRules=a
ContainerPort: name=s hostPort=i containerPort=i protocol=s hostIP=s
ContainerResizePolicy: resourceName=s restartPolicy=s
ContainerResourceMetricSource: name=s target=MetricTarget container=s
CronJob: apiVersion=s kind=s metadata=ObjectMeta spec=CronJobSpec status=CronJobStatus
CronJobSpec: schedule=s timeZone=s startingDeadlineSeconds=i concurrencyPolicy=s suspend=b
  jobTemplate=JobTemplateSpec successfulJobsHistoryLimit=i failedJobsHistoryLimit=i
CronJobStatus: *
CrossVersionObjectReference: kind=s name=s apiVersion=s
DaemonSet: apiVersion=s kind=s metadata=ObjectMeta spec=DaemonSetSpec status=DaemonSetStatus
DaemonSetSpec: selector=LabelSelector template=PodTemplateSpec
  updateStrategy=DaemonSetUpdateStrategy minReadySeconds=i revisionHistoryLimit=i
DaemonSetStatus: *
DaemonSetUpdateStrategy: type=s rollingUpdate=RollingUpdateDaemonSet
Deployment: apiVersion=s kind=s metadata=ObjectMeta spec=DeploymentSpec status=DeploymentStatus
DeploymentSpec: replicas=i selector=LabelSelector template=PodTemplateSpec
  strategy=DeploymentStrategy minReadySeconds=i revisionHistoryLimit=i paused=b
  progressDeadlineSeconds=i
DeploymentStatus: *
DeploymentStrategy: type=s rollingUpdate=RollingUpdateDeployment
DownwardAPIProjection: items=*DownwardAPIVolumeFile
DownwardAPIVolumeFile: path=s fieldRef=ObjectFieldSelector resourceFieldRef=ResourceFieldSelector
  mode=i
DownwardAPIVolumeSource: items=*DownwardAPIVolumeFile defaultMode=i
EmptyDirVolumeSource: medium=s sizeLimit=q
Endpoint: addresses=*s conditions=EndpointConditions hostname=s targetRef=ObjectReference
  deprecatedTopology={s} nodeName=s zone=s hints=EndpointHints
EndpointConditions: ready=b serving=b terminating=b
EndpointHints: forZones=*ForZone
EndpointPort: name=s protocol=s port=i appProtocol=s
EndpointSlice: apiVersion=s kind=s metadata=ObjectMeta addressType=s endpoints=*Endpoint
  ports=*EndpointPort
EndpointAddress: ip=s hostname=s nodeName=s targetRef=ObjectReference
EndpointSubset: addresses=*EndpointAddress notReadyAddresses=*EndpointAddress
  ports=*EndpointPort
Endpoints: apiVersion=s kind=s metadata=ObjectMeta subsets=*EndpointSubset
EnvFromSource: prefix=s configMapRef=ConfigMapEnvSource secretRef=SecretEnvSource
EnvVar: name=s value=s valueFrom=EnvVarSource
EnvVarSource: fieldRef=ObjectFieldSelector resourceFieldRef=ResourceFieldSelector
  configMapKeyRef=ConfigMapKeySelector secretKeyRef=SecretKeySelector fileKeyRef=a
EphemeralVolumeSource: volumeClaimTemplate=PersistentVolumeClaimTemplate
ExecAction: command=*s
ExternalMetricSource: metric=MetricIdentifier target=MetricTarget
ForZone: name=s
GRPCAction: port=i service=s
HPAScalingPolicy: type=s value=i periodSeconds=i
HPAScalingRules: stabilizationWindowSeconds=i selectPolicy=s policies=*HPAScalingPolicy
  tolerance=q
HTTPGetAction: path=s port=x host=s scheme=s httpHeaders=*HTTPHeader
HTTPHeader: name=s value=s
HTTPIngressPath: path=s pathType=s backend=IngressBackend
HTTPIngressRuleValue: paths=*HTTPIngressPath
HorizontalPodAutoscaler: apiVersion=s kind=s metadata=ObjectMeta spec=HorizontalPodAutoscalerSpec
  status=HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior: scaleUp=HPAScalingRules scaleDown=HPAScalingRules
HorizontalPodAutoscalerSpec: scaleTargetRef=CrossVersionObjectReference minReplicas=i
  maxReplicas=i metrics=*MetricSpec behavior=HorizontalPodAutoscalerBehavior
HorizontalPodAutoscalerStatus: *
HostAlias: ip=s hostnames=*s
HostPathVolumeSource: path=s type=s
IPBlock: cidr=s except=*s
ImageVolumeSource: reference=s pullPolicy=s
Ingress: apiVersion=s kind=s metadata=ObjectMeta spec=IngressSpec status=IngressStatus
IngressBackend: service=IngressServiceBackend resource=TypedLocalObjectReference
IngressClass: apiVersion=s kind=s metadata=ObjectMeta spec=IngressClassSpec
IngressClassParametersReference: apiGroup=s kind=s name=s scope=s namespace=s
IngressClassSpec: controller=s parameters=IngressClassParametersReference
IngressRule: host=s http=HTTPIngressRuleValue
IngressServiceBackend: name=s port=ServiceBackendPort
IngressSpec: ingressClassName=s defaultBackend=IngressBackend tls=*IngressTLS rules=*IngressRule
IngressStatus: *
IngressTLS: hosts=*s secretName=s
Job: apiVersion=s kind=s metadata=ObjectMeta spec=JobSpec status=JobStatus
JobSpec: parallelism=i completions=i activeDeadlineSeconds=i podFailurePolicy=PodFailurePolicy
  successPolicy=SuccessPolicy backoffLimit=i backoffLimitPerIndex=i maxFailedIndexes=i
  selector=LabelSelector manualSelector=b template=PodTemplateSpec ttlSecondsAfterFinished=i
  completionMode=s suspend=b podReplacementPolicy=s managedBy=s
JobStatus: *
JobTemplateSpec: metadata=ObjectMeta spec=JobSpec
KeyToPath: key=s path=s mode=i
LabelSelector: matchLabels={s} matchExpressions=*LabelSelectorRequirement
LabelSelectorRequirement: key=s operator=s values=*s
Lease: apiVersion=s kind=s metadata=ObjectMeta spec=LeaseSpec
LeaseSpec: holderIdentity=s leaseDurationSeconds=i acquireTime=t renewTime=t leaseTransitions=i
  strategy=s preferredHolder=s
Lifecycle: postStart=LifecycleHandler preStop=LifecycleHandler stopSignal=s
LifecycleHandler: exec=ExecAction httpGet=HTTPGetAction tcpSocket=TCPSocketAction
  sleep=SleepAction
LimitRange: apiVersion=s kind=s metadata=ObjectMeta spec=LimitRangeSpec
LimitRangeItem: type=s max={q} min={q} default={q} defaultRequest={q} maxLimitRequestRatio={q}
LimitRangeSpec: limits=*LimitRangeItem
LocalObjectReference: name=s
MetricIdentifier: name=s selector=LabelSelector
MetricSpec: type=s object=ObjectMetricSource pods=PodsMetricSource resource=ResourceMetricSource
  containerResource=ContainerResourceMetricSource external=ExternalMetricSource
MetricTarget: type=s value=q averageValue=q averageUtilization=i
NFSVolumeSource: server=s path=s readOnly=b
Namespace: apiVersion=s kind=s metadata=ObjectMeta spec=NamespaceSpec status=NamespaceStatus
NamespaceSpec: finalizers=*s
NamespaceStatus: *
NetworkPolicy: apiVersion=s kind=s metadata=ObjectMeta spec=NetworkPolicySpec
NetworkPolicyEgressRule: ports=*NetworkPolicyPort to=*NetworkPolicyPeer
NetworkPolicyIngressRule: ports=*NetworkPolicyPort from=*NetworkPolicyPeer
NetworkPolicyPeer: podSelector=LabelSelector namespaceSelector=LabelSelector ipBlock=IPBlock
NetworkPolicyPort: protocol=s port=x endPort=i
NetworkPolicySpec: podSelector=LabelSelector ingress=*NetworkPolicyIngressRule
  egress=*NetworkPolicyEgressRule policyTypes=*s
Node: apiVersion=s kind=s metadata=ObjectMeta spec=NodeSpec status=NodeStatus
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution=NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution=*PreferredSchedulingTerm
NodeConfigSource: configMap=ConfigMapNodeConfigSource
NodeSelector: nodeSelectorTerms=*NodeSelectorTerm
NodeSelectorRequirement: key=s operator=s values=*s
NodeSelectorTerm: matchExpressions=*NodeSelectorRequirement matchFields=*NodeSelectorRequirement
NodeSpec: podCIDR=s podCIDRs=*s providerID=s unschedulable=b taints=*Taint
  configSource=NodeConfigSource externalID=s
NodeStatus: *
ObjectFieldSelector: apiVersion=s fieldPath=s
ObjectMeta: name=s generateName=s namespace=s selfLink=s uid=s resourceVersion=s generation=i
  creationTimestamp=t deletionTimestamp=t deletionGracePeriodSeconds=i labels={s} annotations={s}
  ownerReferences=*OwnerReference finalizers=*s managedFields=a
ObjectMetricSource: describedObject=CrossVersionObjectReference target=MetricTarget
  metric=MetricIdentifier
ObjectReference: kind=s namespace=s name=s uid=s apiVersion=s resourceVersion=s fieldPath=s
OwnerReference: apiVersion=s kind=s name=s uid=s controller=b blockOwnerDeletion=b
PersistentVolume: apiVersion=s kind=s metadata=ObjectMeta spec=PersistentVolumeSpec
  status=PersistentVolumeStatus
PersistentVolumeSpec: capacity={q} accessModes=*s claimRef=ObjectReference
  persistentVolumeReclaimPolicy=s storageClassName=s mountOptions=*s volumeMode=s
  nodeAffinity=VolumeNodeAffinity volumeAttributesClassName=s hostPath=HostPathVolumeSource
  nfs=NFSVolumeSource local=LocalVolumeSource csi=a gcePersistentDisk=a awsElasticBlockStore=a
  glusterfs=a rbd=a iscsi=a cinder=a cephfs=a fc=a flocker=a flexVolume=a azureFile=a
  vsphereVolume=a quobyte=a azureDisk=a photonPersistentDisk=a portworxVolume=a scaleIO=a
  storageos=a
PersistentVolumeStatus: *
LocalVolumeSource: path=s fsType=s
VolumeNodeAffinity: required=NodeSelector
PersistentVolumeClaim: apiVersion=s kind=s metadata=ObjectMeta spec=PersistentVolumeClaimSpec
  status=PersistentVolumeClaimStatus
PersistentVolumeClaimSpec: accessModes=*s selector=LabelSelector
  resources=VolumeResourceRequirements volumeName=s storageClassName=s volumeMode=s
  dataSource=TypedLocalObjectReference dataSourceRef=TypedObjectReference
  volumeAttributesClassName=s
PersistentVolumeClaimStatus: *
PersistentVolumeClaimTemplate: metadata=ObjectMeta spec=PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource: claimName=s readOnly=b
Pod: apiVersion=s kind=s metadata=ObjectMeta spec=PodSpec status=PodStatus
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution=*PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution=*WeightedPodAffinityTerm
PodAffinityTerm: labelSelector=LabelSelector namespaces=*s topologyKey=s
  namespaceSelector=LabelSelector matchLabelKeys=*s mismatchLabelKeys=*s
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution=*PodAffinityTerm
  preferredDuringSchedulingIgnoredDuringExecution=*WeightedPodAffinityTerm
PodCertificateProjection: signerName=s keyType=s maxExpirationSeconds=i credentialBundlePath=s
  keyPath=s certificateChainPath=s userAnnotations={s}
PodDNSConfig: nameservers=*s searches=*s options=*PodDNSConfigOption
PodDNSConfigOption: name=s value=s
PodDisruptionBudget: apiVersion=s kind=s metadata=ObjectMeta spec=PodDisruptionBudgetSpec
  status=PodDisruptionBudgetStatus
PodDisruptionBudgetSpec: minAvailable=x selector=LabelSelector maxUnavailable=x
  unhealthyPodEvictionPolicy=s
PodDisruptionBudgetStatus: *
PodFailurePolicy: rules=*PodFailurePolicyRule
PodFailurePolicyOnExitCodesRequirement: containerName=s operator=s values=*i
PodFailurePolicyOnPodConditionsPattern: type=s status=s
PodFailurePolicyRule: action=s onExitCodes=PodFailurePolicyOnExitCodesRequirement
  onPodConditions=*PodFailurePolicyOnPodConditionsPattern
PodOS: name=s
PodReadinessGate: conditionType=s
PodResourceClaim: name=s resourceClaimName=s resourceClaimTemplateName=s
PodSchedulingGate: name=s
PodSecurityContext: seLinuxOptions=SELinuxOptions windowsOptions=WindowsSecurityContextOptions
  runAsUser=i runAsGroup=i runAsNonRoot=b supplementalGroups=*i supplementalGroupsPolicy=s
  fsGroup=i sysctls=*Sysctl fsGroupChangePolicy=s seccompProfile=SeccompProfile
  appArmorProfile=AppArmorProfile seLinuxChangePolicy=s
PodSpec: volumes=*Volume initContainers=*Container containers=*Container ephemeralContainers=a
  restartPolicy=s terminationGracePeriodSeconds=i activeDeadlineSeconds=i dnsPolicy=s
  nodeSelector={s} serviceAccountName=s serviceAccount=s automountServiceAccountToken=b nodeName=s
  hostNetwork=b hostPID=b hostIPC=b shareProcessNamespace=b securityContext=PodSecurityContext
  imagePullSecrets=*LocalObjectReference hostname=s subdomain=s affinity=Affinity schedulerName=s
  tolerations=*Toleration hostAliases=*HostAlias priorityClassName=s priority=i
  dnsConfig=PodDNSConfig readinessGates=*PodReadinessGate runtimeClassName=s enableServiceLinks=b
  preemptionPolicy=s overhead={q} topologySpreadConstraints=*TopologySpreadConstraint
  setHostnameAsFQDN=b os=PodOS hostUsers=b schedulingGates=*PodSchedulingGate
  resourceClaims=*PodResourceClaim resources=ResourceRequirements hostnameOverride=s workloadRef=a
PodStatus: *
PodTemplateSpec: metadata=ObjectMeta spec=PodSpec
PodsMetricSource: metric=MetricIdentifier target=MetricTarget
PolicyRule: verbs=*s apiGroups=*s resources=*s resourceNames=*s nonResourceURLs=*s
PreferredSchedulingTerm: weight=i preference=NodeSelectorTerm
PriorityClass: apiVersion=s kind=s metadata=ObjectMeta value=i globalDefault=b description=s
  preemptionPolicy=s
Probe: exec=ExecAction httpGet=HTTPGetAction tcpSocket=TCPSocketAction grpc=GRPCAction
  initialDelaySeconds=i timeoutSeconds=i periodSeconds=i successThreshold=i failureThreshold=i
  terminationGracePeriodSeconds=i
ProjectedVolumeSource: sources=*VolumeProjection defaultMode=i
ReplicaSet: apiVersion=s kind=s metadata=ObjectMeta spec=ReplicaSetSpec status=ReplicaSetStatus
ReplicaSetSpec: replicas=i minReadySeconds=i selector=LabelSelector template=PodTemplateSpec
ReplicaSetStatus: *
ResourceClaim: name=s request=s
ResourceFieldSelector: containerName=s resource=s divisor=q
ResourceMetricSource: name=s target=MetricTarget
ReplicationController: apiVersion=s kind=s metadata=ObjectMeta spec=ReplicationControllerSpec
  status=ReplicationControllerStatus
ReplicationControllerSpec: replicas=i minReadySeconds=i selector={s} template=PodTemplateSpec
ReplicationControllerStatus: *
ResourceQuota: apiVersion=s kind=s metadata=ObjectMeta spec=ResourceQuotaSpec
  status=ResourceQuotaStatus
ResourceQuotaSpec: hard={q} scopes=*s scopeSelector=ScopeSelector
ResourceQuotaStatus: *
ResourceRequirements: limits={q} requests={q} claims=*ResourceClaim
Role: apiVersion=s kind=s metadata=ObjectMeta rules=*PolicyRule
RoleBinding: apiVersion=s kind=s metadata=ObjectMeta subjects=*Subject roleRef=RoleRef
RoleRef: apiGroup=s kind=s name=s
RollingUpdateDaemonSet: maxUnavailable=x maxSurge=x
RollingUpdateDeployment: maxUnavailable=x maxSurge=x
RollingUpdateStatefulSetStrategy: partition=i maxUnavailable=x
SELinuxOptions: user=s role=s type=s level=s
ScopeSelector: matchExpressions=*ScopedResourceSelectorRequirement
ScopedResourceSelectorRequirement: scopeName=s operator=s values=*s
SeccompProfile: type=s localhostProfile=s
Secret: apiVersion=s kind=s metadata=ObjectMeta immutable=b data={s} stringData={s} type=s
SecretEnvSource: name=s optional=b
SecretKeySelector: name=s key=s optional=b
SecretProjection: name=s items=*KeyToPath optional=b
SecretVolumeSource: secretName=s items=*KeyToPath defaultMode=i optional=b
SecurityContext: capabilities=Capabilities privileged=b seLinuxOptions=SELinuxOptions
  windowsOptions=WindowsSecurityContextOptions runAsUser=i runAsGroup=i runAsNonRoot=b
  readOnlyRootFilesystem=b allowPrivilegeEscalation=b procMount=s seccompProfile=SeccompProfile
  appArmorProfile=AppArmorProfile
Service: apiVersion=s kind=s metadata=ObjectMeta spec=ServiceSpec status=ServiceStatus
ServiceAccount: apiVersion=s kind=s metadata=ObjectMeta secrets=*ObjectReference
  imagePullSecrets=*LocalObjectReference automountServiceAccountToken=b
ServiceAccountTokenProjection: audience=s expirationSeconds=i path=s
ServiceBackendPort: name=s number=i
ServicePort: name=s protocol=s appProtocol=s port=i targetPort=x nodePort=i
ServiceSpec: ports=*ServicePort selector={s} clusterIP=s clusterIPs=*s type=s externalIPs=*s
  sessionAffinity=s loadBalancerIP=s loadBalancerSourceRanges=*s externalName=s
  externalTrafficPolicy=s healthCheckNodePort=i publishNotReadyAddresses=b
  sessionAffinityConfig=SessionAffinityConfig ipFamilies=*s ipFamilyPolicy=s
  allocateLoadBalancerNodePorts=b loadBalancerClass=s internalTrafficPolicy=s
  trafficDistribution=s
ServiceStatus: *
SessionAffinityConfig: clientIP=ClientIPConfig
SleepAction: seconds=i
StatefulSet: apiVersion=s kind=s metadata=ObjectMeta spec=StatefulSetSpec status=StatefulSetStatus
StatefulSetOrdinals: start=i
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted=s whenScaled=s
StatefulSetSpec: replicas=i selector=LabelSelector template=PodTemplateSpec
  volumeClaimTemplates=*PersistentVolumeClaim serviceName=s podManagementPolicy=s
  updateStrategy=StatefulSetUpdateStrategy revisionHistoryLimit=i minReadySeconds=i
  persistentVolumeClaimRetentionPolicy=StatefulSetPersistentVolumeClaimRetentionPolicy
  ordinals=StatefulSetOrdinals
StatefulSetStatus: *
StatefulSetUpdateStrategy: type=s rollingUpdate=RollingUpdateStatefulSetStrategy
StorageClass: apiVersion=s kind=s metadata=ObjectMeta provisioner=s parameters={s} reclaimPolicy=s
  mountOptions=*s allowVolumeExpansion=b volumeBindingMode=s
  allowedTopologies=*TopologySelectorTerm
Subject: kind=s apiGroup=s name=s namespace=s
SuccessPolicy: rules=*SuccessPolicyRule
SuccessPolicyRule: succeededIndexes=s succeededCount=i
Sysctl: name=s value=s
TCPSocketAction: port=x host=s
Taint: key=s value=s effect=s timeAdded=t
Toleration: key=s operator=s value=s effect=s tolerationSeconds=i
TopologySelectorLabelRequirement: key=s values=*s
TopologySelectorTerm: matchLabelExpressions=*TopologySelectorLabelRequirement
TopologySpreadConstraint: maxSkew=i topologyKey=s whenUnsatisfiable=s labelSelector=LabelSelector
  minDomains=i nodeAffinityPolicy=s nodeTaintsPolicy=s matchLabelKeys=*s
TypedLocalObjectReference: apiGroup=s kind=s name=s
TypedObjectReference: apiGroup=s kind=s name=s namespace=s
Volume: name=s hostPath=HostPathVolumeSource emptyDir=EmptyDirVolumeSource gcePersistentDisk=a
  awsElasticBlockStore=a gitRepo=a secret=SecretVolumeSource nfs=NFSVolumeSource iscsi=a
  glusterfs=a persistentVolumeClaim=PersistentVolumeClaimVolumeSource rbd=a flexVolume=a cinder=a
  cephfs=a flocker=a downwardAPI=DownwardAPIVolumeSource fc=a azureFile=a
  configMap=ConfigMapVolumeSource vsphereVolume=a quobyte=a azureDisk=a photonPersistentDisk=a
  projected=ProjectedVolumeSource portworxVolume=a scaleIO=a storageos=a csi=CSIVolumeSource
  ephemeral=EphemeralVolumeSource image=ImageVolumeSource
VolumeDevice: name=s devicePath=s
VolumeMount: name=s readOnly=b recursiveReadOnly=s mountPath=s subPath=s mountPropagation=s
  subPathExpr=s
VolumeProjection: secret=SecretProjection downwardAPI=DownwardAPIProjection
  configMap=ConfigMapProjection serviceAccountToken=ServiceAccountTokenProjection
  clusterTrustBundle=ClusterTrustBundleProjection podCertificate=PodCertificateProjection
VolumeResourceRequirements: limits={q} requests={q}
WeightedPodAffinityTerm: weight=i podAffinityTerm=PodAffinityTerm
WindowsSecurityContextOptions: gmsaCredentialSpecName=s gmsaCredentialSpec=s runAsUserName=s
  hostProcess=b
"""

TYPES = {
    "a": "Object",
    "b": "boolean",
    "i": "integer",
    "q": "Quantity",
    "s": "string",
    "t": "Time",
    "x": "IntOrString",
}


@cache
def structures() -> dict[str, dict[str, str]]:
    """Return structure to its fields and their types; an empty one takes anything."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in TABLE.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            current = {}
            found[words.pop(0).removesuffix(":")] = current
        current.update(word.split("=", 1) for word in words if word != "*")  # type: ignore[misc]
    return found


def inner(type: str) -> str:
    """Return what a list or a map holds, or the type itself."""
    return type.removeprefix("*").removeprefix("{").removesuffix("}")


def printed(type: str) -> str:
    """Return a type as `kubectl explain` prints it."""
    if type.startswith("*"):
        return f"[]{printed(type[1:])}"
    if type.startswith("{"):
        return f"map[string]{printed(inner(type))}"
    return TYPES.get(type, type)


def fields_below(kind: str, path: tuple[str, ...]) -> tuple[str, list[tuple[str, str]]] | None:
    """Return (type, its fields and their types) of what lies at a path, None if nothing does."""
    table = structures()
    if kind not in table:
        return None
    type = kind
    for name in path:
        fields = table.get(inner(type), {})
        if name not in fields:
            return None
        type = fields[name]
    fields = table.get(inner(type), {})
    return printed(type), [(name, printed(fields[name])) for name in sorted(fields)]
