"""Descriptions, compared line by line with what a kubectl printed of the same objects."""

import re

import pytest

from simulation.kernel.units import MINUTE
from simulation.kubectl.describe_text import aligned
from tests.simulation.kubectl.terminals import a_lab, typed

MANIFEST = """
apiVersion: v1
kind: Pod
metadata: {name: full, labels: {app: full}, annotations: {note: hello}}
spec:
  tolerations: [{key: a, operator: Exists}]
  initContainers: [{name: prepare, image: "busybox:1.36", command: [sh, -c, "echo hi"]}]
  containers:
  - name: web
    image: nginx:1.27
    ports: [{name: http, containerPort: 80}]
    resources: {requests: {cpu: 100m}, limits: {memory: 128Mi}}
    livenessProbe: {httpGet: {path: /ok, port: 80}, initialDelaySeconds: 3}
    env:
    - {name: A, value: one}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: K, valueFrom: {configMapKeyRef: {name: settings, key: a}}}
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: full}
spec: {type: NodePort, selector: {app: full}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1", b: "two\\nlines\\n"}
"""
CONTAINERS = """Containers:
  web:
    Container ID:   ID
    Image:          nginx:1.27
    Image ID:       ID
    Port:           80/TCP (http)
    Host Port:      0/TCP (http)
    State:          Running
      Started:      TIME
    Ready:          True
    Restart Count:  0
    Limits:
      memory:  128Mi
    Requests:
      cpu:     100m
      memory:  128Mi
    Liveness:  http-get http://:80/ok delay=3s timeout=1s period=10s #success=1 #failure=3
    Environment:
      A:     one
      NODE:  full (v1:metadata.name)
      K:     <set to the key 'a' of config map 'settings'>  Optional: false
    Mounts:
      /data from data (rw)
      /var/run/secrets/kubernetes.io/serviceaccount from TOKEN (ro)
Conditions:
  Type                        Status
  PodReadyToStartContainers   True 
  Initialized                 True 
  Ready                       True 
  ContainersReady             True 
  PodScheduled                True 
Volumes:
  data:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:     
    SizeLimit:  <unset>
  TOKEN:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  3607
    ConfigMapName:           kube-root-ca.crt
    Optional:                false
    DownwardAPI:             true
QoS Class:                   Burstable
Node-Selectors:              <none>
Tolerations:                 a op=Exists
"""


@pytest.fixture(scope="module")
def lab():
    lab = a_lab()
    typed(lab, "kubectl apply -f full.yaml", {"full.yaml": MANIFEST}, MINUTE)
    typed(lab, "kubectl wait --for=condition=Ready pod/full", {}, MINUTE)
    return lab


def test_a_pod_is_described_with_everything_it_runs(lab) -> None:
    text = typed(lab, "kubectl describe pod full").text

    lines = []
    for line in text.splitlines():
        head, colon, _ = line.partition(":")
        if head.strip() in ("Container ID", "Image ID"):
            line = f"{head}{colon}".ljust(20) + "ID"
        if head.strip() == "Started":
            line = f"{head}{colon}".ljust(20) + "TIME"
        lines.append(re.sub(r"kube-api-access-[a-z0-9]{5}", "TOKEN", line))
    start = lines.index("Containers:")
    assert "\n".join(lines[start:]).startswith(CONTAINERS)
    assert "Events:\n  Type    Reason     Age" in text
    assert "default-scheduler  Successfully assigned default/full to " in text


def test_a_service_is_described_with_its_endpoints(lab) -> None:
    lines = typed(lab, "kubectl describe svc full").text.splitlines()

    port = lines.index("Port:                     http  80/TCP")
    assert lines[port + 1] == "TargetPort:               http/TCP"
    assert lines[port + 3].startswith("Endpoints:                10.244.")
    assert lines[-1] == "Events:                   <none>"


def test_a_node_is_described_with_its_lease_and_its_pods(lab) -> None:
    lines = typed(lab, "kubectl describe node worker-1").text.splitlines()

    assert lines[lines.index("Lease:") + 1] == "  HolderIdentity:  worker-1"
    heads = [line.split()[0] for line in lines if line.startswith("  ") and line.split()]
    assert {"MemoryPressure", "DiskPressure", "PIDPressure", "Ready"} <= set(heads)
    assert "Allocated resources:" in lines
    assert any(line.startswith("  ephemeral-storage  0 (0%)") for line in lines)


def test_a_kubelet_posts_its_conditions_every_five_minutes(lab) -> None:
    later = a_lab()
    later.advance(later.now + 11 * MINUTE)

    text = typed(later, "kubectl describe node worker-1").text

    ready = next(line for line in text.splitlines() if line.startswith("  Ready "))
    assert "00:10:00 +0000" in ready, ready


def test_a_configmap_is_described_with_its_texts(lab) -> None:
    text = typed(lab, "kubectl describe cm settings").text

    assert text == (
        "Name:         settings\nNamespace:    default\nLabels:       <none>\n"
        "Annotations:  <none>\n\nData\n====\na:\n----\n1\n\nb:\n----\ntwo\nlines\n\n\n\n"
        "BinaryData\n====\n\nEvents:  <none>\n"
    )


def test_the_beginning_of_a_name_is_enough(lab) -> None:
    text = typed(lab, "kubectl describe pod web-").text

    assert text.count("Controlled By:  ReplicaSet/web-") == 6


@pytest.mark.parametrize(
    "resource",
    [
        "ds -n kube-system",
        "deploy",
        "rs",
        "ing",
        "nodes",
        "ns",
        "ep",
        "endpointslice",
        "lease -A",
        "ingressclass",
    ],
)
def test_every_kind_can_be_described(lab, resource: str) -> None:
    came = typed(lab, f"kubectl describe {resource}")

    assert came.status == 0
    assert came.text.startswith("Name:")


def test_a_column_reaches_over_neighbouring_lines_only() -> None:
    text = aligned(["a:\tb", "long title:\tc\td", "no cell", "x:\ty"])

    assert text == "a:           b\nlong title:  c  d\nno cell\nx:  y\n"


def test_a_role_is_described_by_what_may_be_done_with_each_resource():
    lab = a_lab()
    typed(lab, "kubectl create role r --verb=get,list --resource=deploy/scale,po --resource-name=a")

    came = typed(lab, "kubectl describe role r")

    assert came.stdout.splitlines() == [
        "Name:         r",
        "Labels:       <none>",
        "Annotations:  <none>",
        "PolicyRule:",
        "  Resources               Non-Resource URLs  Resource Names  Verbs",
        "  ---------               -----------------  --------------  -----",
        "  pods                    []                 [a]             [get list]",
        "  deployments.apps/scale  []                 [a]             [get list]",
    ]


def test_a_binding_is_described_by_its_role_and_its_subjects():
    lab = a_lab()
    typed(lab, "kubectl create rolebinding b --clusterrole=view --user=bob --serviceaccount=shop:x")

    came = typed(lab, "kubectl describe rolebinding b")

    assert came.stdout.splitlines()[3:] == [
        "Role:",
        "  Kind:  ClusterRole",
        "  Name:  view",
        "Subjects:",
        "  Kind            Name  Namespace",
        "  ----            ----  ---------",
        "  User            bob   ",
        "  ServiceAccount  x     shop",
    ]
