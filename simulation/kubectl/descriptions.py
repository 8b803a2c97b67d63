"""What `kubectl explain` says of a field: one sentence each, in our own words.

A line is `field{Value,Value}!: sentence` under the structure that it belongs to; the values are those
that an enumerated field may have, and ! says that it is required. What stands under * is said of a
field wherever it has no line of its own.
"""

from functools import cache

from simulation.kernel.records import Record

DESCRIPTIONS = """
*
apiVersion: The group and version of the API that this object is written in.
kind: What sort of object this is.
metadata: Name, namespace, labels and annotations, and what the API server notes about the object.
spec: The desired state: what you ask for.
status: The observed state: what the cluster reports; controllers write it, you only read it.
selector: Which pods belong to it, by their labels.
template: What each new pod is made from.
replicas: How many pods there should be.
rules: What is allowed, or which hosts and paths lead where.
ports: The ports that are offered.
ObjectMeta
annotations: Notes for people and tools; nothing is selected by them.
creationTimestamp: When the API server created the object.
deletionGracePeriodSeconds: How long the object may take to end after it was deleted.
deletionTimestamp: Until when the object is to be gone; it is set by a deletion and cannot be taken back.
finalizers: Who still has to do something before the object may disappear.
generateName: The beginning of a name that the API server completes; used where name is empty.
generation: How often the desired state has changed.
labels: Keys and values by which objects are grouped and selected.
managedFields: Who set which field; meant for tools.
name: The name, unique for its kind within a namespace; it cannot be changed.
namespace: The part of the cluster that the object lives in; empty means default.
ownerReferences: The objects it belongs to; when all of them are gone, it is deleted, too.
resourceVersion: The version of the last change; a write that names an older one is refused.
uid: What tells this object from any other, also from one of the same name that was deleted.
PodSpec
activeDeadlineSeconds: How long the pod may run before it is stopped and counts as failed.
affinity: Rules about nodes and other pods that draw the pod to a node or keep it away.
automountServiceAccountToken: Whether the token of the service account is put into the containers.
containers!: The containers that run in the pod; at least one, and the list cannot change later.
dnsPolicy{ClusterFirst,ClusterFirstWithHostNet,Default,None}: Where the containers look names up.
enableServiceLinks: Whether Services of the namespace are told to the containers as variables.
ephemeralContainers: Containers that were added to the running pod, mostly to look for a fault.
hostAliases: Lines that are added to /etc/hosts.
hostNetwork: Whether the pod uses the network of its node instead of an address of its own.
hostname: The name that the pod takes itself to have.
imagePullSecrets: Secrets with which images are pulled from a private registry.
initContainers: Containers that run one after the other, each to its end, before the others start.
nodeName: The node the pod runs on; the scheduler writes it, and whoever sets it passes the scheduler by.
nodeSelector: Labels that a node must have for the pod to be placed there.
os: The operating system that the containers are made for.
overhead: What running the pod takes beyond its containers.
preemptionPolicy{Never,PreemptLowerPriority}: Whether pods of lower priority may have to go for this one.
priority: The number that its priority class stands for; larger is more important.
priorityClassName: The priority class, by which the pod may push others aside.
readinessGates: Conditions that must be true besides the containers for the pod to be ready.
restartPolicy{Always,Never,OnFailure}: When containers that ended are started again.
runtimeClassName: The RuntimeClass that says with what the containers are run.
schedulerName: The scheduler that looks for a node.
schedulingGates: What has to be removed before the pod may be scheduled.
securityContext: User, group and rights of all containers.
serviceAccount: The older name of serviceAccountName.
serviceAccountName: Who the pod is to the API server.
subdomain: The Service under whose name the pod's hostname can be looked up.
terminationGracePeriodSeconds: How long the pod may take to end before it is killed; 30 if nothing is said.
tolerations: Taints of nodes that the pod can live with.
topologySpreadConstraints: How evenly pods are spread over zones or nodes.
volumes: What containers of the pod may mount.
Container
args: Arguments of the command; the image's own if nothing is said.
command: What is run; the image's own entrypoint if nothing is said.
env: Environment variables.
envFrom: ConfigMaps and Secrets whose every key becomes an environment variable.
image: The container image, with its registry and tag.
imagePullPolicy{Always,IfNotPresent,Never}: When the image is pulled: Always for the tag latest, else if it is missing.
lifecycle: What is done right after the start and right before the end.
livenessProbe: A check whose failure restarts the container.
name!: The name of the container, unique in its pod.
ports: Ports that the container listens on; the list informs and opens nothing.
readinessProbe: A check that decides whether the pod gets traffic from Services.
resources: What the container asks for and may use at most.
restartPolicy: For init containers, Always: it keeps running beside the others, as a sidecar.
securityContext: User, group and rights of this container; it outweighs that of the pod.
startupProbe: A check that must succeed before the other two begin.
stdin: Whether the container has an open standard input.
terminationMessagePath: The file whose content is noted when the container ends.
terminationMessagePolicy{FallbackToLogsOnError,File}: Where that note comes from.
tty: Whether the container has a terminal.
volumeDevices: Block devices that the container sees.
volumeMounts: Which volumes of the pod are mounted where.
workingDir: The directory in which the command starts.
ContainerPort
containerPort!: The port on the pod's own address.
hostIP: The address of the node on which hostPort is bound.
hostPort: A port of the node that leads here; only one pod of a node can have it.
name: A name by which Services and probes may mean this port.
protocol{SCTP,TCP,UDP}: The protocol; TCP if nothing is said.
EnvVar
name!: The name of the variable.
value: Its value.
valueFrom: A field of the pod, or a key of a ConfigMap or a Secret, to take the value from.
VolumeMount
mountPath!: Where in the container the volume appears.
name!: The name of the volume.
readOnly: Whether nothing can be written there.
subPath: A path within the volume that is mounted instead of all of it.
Probe
exec: A command that is run in the container; status 0 is a success.
failureThreshold: How many failures in a row count as one; 3 if nothing is said.
grpc: A gRPC health check.
httpGet: A request whose answer from 200 to 399 is a success.
initialDelaySeconds: How long after the start of the container the first check waits.
periodSeconds: How often it is checked; every 10 seconds if nothing is said.
successThreshold: How many successes in a row count after a failure; 1 if nothing is said.
tcpSocket: A port that has to take a connection.
terminationGracePeriodSeconds: How long the container may take to end when this check restarts it.
timeoutSeconds: After how long without an answer a check has failed; 1 second if nothing is said.
HTTPGetAction
host: The host to ask; the pod's own address if nothing is said.
httpHeaders: Headers of the request.
path: The path to ask for.
port!: The port, by number or by name.
scheme{HTTP,HTTPS}: How the host is asked.
ResourceRequirements
claims: Claims of devices that the container uses.
limits: The most it may use: beyond its CPU it is slowed down, beyond its memory it is killed.
requests: What is set aside for it; the scheduler counts these and nothing else.
DeploymentSpec
minReadySeconds: How long a new pod must be ready before it counts as available.
paused: Whether changes of the template wait.
progressDeadlineSeconds: After how long without progress the rollout is said to have failed; 600 if nothing is said.
replicas: How many pods there should be; 1 if nothing is said.
revisionHistoryLimit: How many old ReplicaSets are kept to go back to; 10 if nothing is said.
selector!: Which pods belong to it; it must fit the labels of the template and cannot be changed.
strategy: How old pods are replaced by new ones.
template!: What each new pod is made from; a change of it begins a rollout.
DeploymentStrategy
rollingUpdate: How fast a rolling update goes.
type{Recreate,RollingUpdate}: Whether all old pods go before new ones come, or step by step.
RollingUpdateDeployment
maxSurge: How many pods there may be beyond the wanted number, as a number or in percent; 25% if nothing is said.
maxUnavailable: How many of the wanted pods may be missing, as a number or in percent; 25% if nothing is said.
ReplicaSetSpec
minReadySeconds: How long a new pod must be ready before it counts as available.
selector!: Which pods belong to it; it cannot be changed.
DaemonSetSpec
minReadySeconds: How long a new pod must be ready before it counts as available.
revisionHistoryLimit: How many old revisions are kept to go back to.
selector!: Which pods belong to it; it cannot be changed.
template!: What the pod of each node is made from.
updateStrategy: How old pods are replaced by new ones.
ServiceSpec
allocateLoadBalancerNodePorts: Whether a load balancer's Service also gets ports of the nodes.
clusterIP: The address of the Service; None means that names lead straight to the pods.
clusterIPs: The addresses of the Service, one for each family.
externalIPs: Addresses outside of the cluster's care whose traffic is taken, too.
externalName: The name that the Service stands for, if its type is ExternalName.
externalTrafficPolicy{Cluster,Local}: Whether traffic from outside may be sent on to pods of other nodes.
healthCheckNodePort: Where a load balancer asks whether a node has pods of the Service.
internalTrafficPolicy{Cluster,Local}: Whether traffic from inside may be sent on to pods of other nodes.
ipFamilies: The families of its addresses, IPv4 or IPv6.
ipFamilyPolicy{PreferDualStack,RequireDualStack,SingleStack}: Whether it has an address of each family.
loadBalancerClass: Who makes the load balancer.
loadBalancerSourceRanges: From where the load balancer takes traffic.
ports: The ports that the Service offers.
publishNotReadyAddresses: Whether pods that are not ready get traffic, too.
selector: Labels of the pods that get the traffic; without it somebody else has to say where it goes.
sessionAffinity{ClientIP,None}: Whether a client stays with the pod that it reached first.
trafficDistribution: Which pods are preferred: those of the same zone or the same node.
type{ClusterIP,ExternalName,LoadBalancer,NodePort}: From where the Service can be reached.
ServicePort
appProtocol: What is spoken on this port.
name: The name of the port; needed where there are several.
nodePort: The port of every node that leads here, 30000 to 32767; chosen if nothing is said.
port!: The port of the Service.
protocol{SCTP,TCP,UDP}: The protocol; TCP if nothing is said.
targetPort: The port of the pods, by number or by name; the same as port if nothing is said.
IngressSpec
defaultBackend: Where requests go that no rule is about.
ingressClassName: Which controller serves it.
rules: Hosts and paths, and the Services they lead to.
tls: Hosts that are served over TLS, and the Secrets with their certificates.
IngressRule
host: The host the rule is about; all hosts if nothing is said.
http: The paths of this host.
HTTPIngressPath
backend!: The Service that the path leads to.
path: The path of the request.
pathType!{Exact,ImplementationSpecific,Prefix}: How the path is compared: as a whole, or by its beginning, part by part.
NodeSpec
podCIDR: The range that the node's pods get their addresses from.
podCIDRs: The ranges that the node's pods get their addresses from, one for each family.
providerID: What the cloud calls the machine.
taints: What keeps pods away that do not tolerate it.
unschedulable: Whether new pods are kept away; kubectl cordon sets it.
Taint
effect!{NoExecute,NoSchedule,PreferNoSchedule}: Whether pods are only kept away, or also evicted.
key!: The key of the taint.
timeAdded: When a NoExecute taint was set.
value: The value of the taint.
Toleration
effect{NoExecute,NoSchedule,PreferNoSchedule}: The effect that is tolerated; every effect if nothing is said.
key: The key of the taint that is tolerated; every taint if nothing is said.
operator{Equal,Exists}: Whether the value counts.
tolerationSeconds: How long a NoExecute taint is tolerated; forever if nothing is said.
value: The value of the taint that is tolerated.
PodTemplateSpec
metadata: Labels and annotations of the pods; their names are generated.
spec: What each pod is to be.
LabelSelector
matchExpressions: Rules about labels, all of which must hold.
matchLabels: Labels that must be there with these values.
PodDisruptionBudgetSpec
maxUnavailable: How many of the pods an eviction may leave missing, as a number or in percent.
minAvailable: How many of the pods an eviction must leave running, as a number or in percent.
Secret
data: Keys and values, the values in base64.
immutable: Whether the values can never be changed.
stringData: Keys and values in plain text; each write puts them into data, and they are never given back.
type: What the Secret is for, which says what keys it must have.
ConfigMap
binaryData: Keys and values that are no text, in base64.
data: Keys and values.
immutable: Whether the values can never be changed.
"""


class Described(Record):
    """What is said of a field."""

    text: str = ""
    values: tuple[str, ...] = ()
    required: bool = False


def described(owner: str, field: str) -> Described:
    """Return what is said of a field of a structure; an empty text if nothing is."""
    table = _table()
    return table.get((owner, field)) or table.get(("*", field)) or Described()


@cache
def _table() -> dict[tuple[str, str], Described]:
    found: dict[tuple[str, str], Described] = {}
    owner = ""
    for line in DESCRIPTIONS.strip().splitlines():
        head, colon, text = line.partition(": ")
        if not colon:
            owner = line
            continue
        name, brace, listed = head.replace("!", "").partition("{")
        values = tuple(listed.removesuffix("}").split(",")) if brace else ()
        found[owner, name] = Described(text, values, "!" in head)
    return found
