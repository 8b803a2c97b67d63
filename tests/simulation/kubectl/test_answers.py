"""Answers word by word, as kubectl v1.36 gives them."""

import pytest

from simulation.lab import commands
from simulation.lab.lab import Applied
from tests.simulation.kubectl.lines_files import FILES
from tests.simulation.kubectl.terminals import a_lab, typed

REFUSED = "The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n"
HINT = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
CLIENT = "Client Version: v1.36.2\nKustomize Version: v5.8.1\n"
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np, labels: {a: b}}
spec:
  podSelector: {matchLabels: {role: db}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock: {cidr: 172.17.0.0/16, except: [172.17.1.0/24, 172.17.2.0/24]}
    - namespaceSelector: {matchLabels: {x: "y"}}
      podSelector: {matchLabels: {role: fe}}
    ports: [{protocol: TCP, port: 6379}, {protocol: TCP, port: 32000, endPort: 32768}]
  - {}
"""


def without_an_api_server():
    """Return a lab whose control plane is switched off."""
    lab = a_lab()
    for name in ("cp-1", "cp-2", "cp-3"):
        given = commands.parse({"do": "power-off", "node": name})
        assert isinstance(lab.submit(given, name, "tester"), Applied)
    return lab


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("kubectl cluster-info", HINT),
        ("kubectl version", CLIENT),
        ("kubectl get pods", ""),
        ("kubectl api-resources", ""),
    ],
)
def test_without_an_api_server_only_what_kubectl_knows_itself_is_told(line, out):
    came = typed(without_an_api_server(), line)

    assert (came.stdout, came.stderr, came.status) == (out, REFUSED, 1)


def test_a_generated_name_is_told():
    given = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: gen-}\n"
    lab = a_lab()

    said = typed(lab, "kubectl create -f gen.yaml", {"gen.yaml": given}).stdout

    name = said.removeprefix("configmap/").removesuffix(" created\n")
    assert name.startswith("gen-") and len(name) == len("gen-12345")
    assert typed(lab, f"kubectl get cm {name}").status == 0


def test_an_object_that_is_printed_after_its_creation_is_the_servers():
    came = typed(a_lab(), "kubectl create -f cm.yaml -o jsonpath={.metadata.uid}", FILES)

    assert len(came.stdout.strip()) == len("56d7f609-af59-428e-b5ee-8def98bd4c7e")


def test_a_revision_is_told_with_its_whole_template():
    assert typed(a_lab(), "kubectl rollout history deploy/web --revision=1").stdout == (
        "deployment.apps/web with revision #1\n"
        "Pod Template:\n"
        "  Labels:\tapp=web\n"
        "\tpod-template-hash=5dd685fbd6\n"
        "  Containers:\n"
        "   web:\n"
        "    Image:\tshop.local/web:1.4\n"
        "    Port:\t8080/TCP\n"
        "    Host Port:\t0/TCP\n"
        "    Requests:\n"
        "      cpu:\t400m\n"
        "      memory:\t256Mi\n"
        "    Readiness:\thttp-get http://:8080/ready delay=0s timeout=1s period=5s #success=1 #failure=3\n"
        "    Environment:\t<none>\n"
        "    Mounts:\t<none>\n"
        "  Volumes:\t<none>\n"
        "  Node-Selectors:\t<none>\n"
        "  Tolerations:\t<none>\n"
        "\n"
    )


@pytest.mark.parametrize("sort", ["merge", "strategic"])
def test_a_patch_with_an_unknown_field_is_warned_of_and_changes_nothing(sort):
    came = typed(
        a_lab(), f"""kubectl patch deploy web --type={sort} -p '{{"spec":{{"repl":3}}}}'"""
    )

    assert came.stderr == 'Warning: unknown field "spec.repl"\n'
    assert (came.stdout, came.status) == ("deployment.apps/web patched (no change)\n", 0)


def test_unknown_fields_are_left_out_if_validation_is_turned_off():
    wrong = {"cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndate: {a: b}\n"}

    refused, warned, silent = (
        typed(a_lab(), f"kubectl create -f cm.yaml --validate={mode}", wrong)
        for mode in ("true", "warn", "false")
    )

    assert refused.status == 1 and 'unknown field "date"' in refused.stderr
    assert (warned.stdout, warned.stderr) == (
        "configmap/c created\n",
        'Warning: unknown field "date"\n',
    )
    assert (silent.stdout, silent.stderr) == ("configmap/c created\n", "")


def test_restarting_a_kind_restarts_all_of_it():
    assert typed(a_lab(), "kubectl rollout restart deploy").stdout == "".join(
        f"deployment.apps/{name} restarted\n" for name in ("cart", "pay", "web")
    )


def test_an_apply_on_the_server_says_so_and_leaves_no_note():
    lab = a_lab()

    first, second = (typed(lab, "kubectl apply --server-side -f cm.yaml", FILES) for _ in range(2))

    assert first.stdout == second.stdout == "configmap/settings serverside-applied\n"
    assert (
        typed(lab, "kubectl get cm settings -o jsonpath={.metadata.annotations}").stdout.strip()
        == ""
    )


def test_a_forced_replacement_deletes_waits_and_creates_anew():
    lab = a_lab()
    typed(lab, "kubectl run nginx --image=nginx")
    typed(lab, "kubectl wait --for=condition=Ready pod/nginx")
    before = typed(lab, "kubectl get pod nginx -o jsonpath={.metadata.uid}").stdout
    manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: nginx}\nspec: {containers: [{name: web, image: nginx}]}\n"

    came = typed(lab, "kubectl replace --force -f p.yaml", {"p.yaml": manifest})

    assert came.stdout == 'pod "nginx" deleted from default namespace\npod/nginx replaced\n'
    assert typed(lab, "kubectl get pod nginx -o jsonpath={.metadata.uid}").stdout != before


def test_top_adds_up_what_it_lists():
    lines = typed(a_lab(), "kubectl top pods -l app=pay --sum").stdout.splitlines()

    _, cpu, memory = lines[1].split()
    assert lines[2].split() == ["________", "________"]
    assert lines[3].split() == [cpu, memory]


def test_a_network_policy_is_described_by_what_it_lets_through():
    lab = a_lab()
    typed(lab, "kubectl apply -f np.yaml", {"np.yaml": POLICY})

    assert typed(lab, "kubectl describe netpol np").stdout == (
        "Name:         np\n"
        "Namespace:    default\n"
        "Created on:   2025-11-24 00:02:00 +0000 UTC\n"
        "Labels:       a=b\n"
        "Annotations:  <none>\n"
        "Spec:\n"
        "  PodSelector:     role=db\n"
        "  Allowing ingress traffic:\n"
        "    To Port: 6379/TCP\n"
        "    To Port Range: 32000-32768/TCP\n"
        "    From:\n"
        "      IPBlock:\n"
        "        CIDR: 172.17.0.0/16\n"
        "        Except: 172.17.1.0/24, 172.17.2.0/24\n"
        "    From:\n"
        "      NamespaceSelector: x=y\n"
        "      PodSelector: role=fe\n"
        "    ----------\n"
        "    To Port: <any> (traffic allowed to all ports)\n"
        "    From: <any> (traffic not restricted by source)\n"
        "  Allowing egress traffic:\n"
        "    <none> (Selected pods are isolated for egress connectivity)\n"
        "  Policy Types: Ingress, Egress\n"
    )


def test_an_endpoint_slice_is_described_address_by_address():
    said = typed(a_lab(), "kubectl describe endpointslice kubernetes").stdout

    assert said.startswith("Name:         kubernetes\nNamespace:    default\n")
    assert (
        "AddressType:  IPv4\n"
        "Ports:\n"
        "  Name   Port  Protocol\n"
        "  ----   ----  --------\n"
        "  https  6443  TCP\n"
        "Endpoints:\n"
        "  - Addresses:  10.0.0.11\n"
        "    Conditions:\n"
        "      Ready:    true\n"
        "    Hostname:   <unset>\n"
        "    NodeName:   <unset>\n"
        "    Zone:       <unset>\n"
    ) in said


def test_the_slice_of_the_api_servers_is_of_the_group_discovery():
    came = typed(a_lab(), "kubectl get endpointslice kubernetes -o jsonpath={.apiVersion}")

    assert came.stdout.strip() == "discovery.k8s.io/v1"


def test_events_of_several_objects_are_shown_only_if_asked_for():
    lab = a_lab()

    assert typed(lab, "kubectl describe deploy").stdout.count("Events:") == 0
    assert typed(lab, "kubectl describe deploy --show-events").stdout.count("Events:") == 3
    assert typed(lab, "kubectl describe deploy web").stdout.count("Events:") == 1
    assert typed(lab, "kubectl describe pod rep").stdout.count("Events:") == 0


def test_a_pod_is_described_with_the_volume_of_its_token_and_a_static_pod_without_an_account():
    lab = a_lab()

    pod = typed(lab, "kubectl describe pod report").stdout
    static = typed(lab, "kubectl describe pod etcd-cp-1 -n kube-system").stdout

    name = pod.partition("Volumes:\n  ")[2].partition(":")[0]
    assert name.startswith("kube-api-access-")
    assert f"      /var/run/secrets/kubernetes.io/serviceaccount from {name} (ro)\n" in pod
    assert (
        "    TokenExpirationSeconds:  3607\n    ConfigMapName:           kube-root-ca.crt\n" in pod
    )
    assert "Service Account:" not in static and "kube-api-access" not in static


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c\n", "mapping values are not allowed in this context"),
        ("x: 1\na: b: c\n", "line 2: mapping values are not allowed in this context"),
        ("a: b\n\tc: d\n", "line 2: found a tab character that violates indentation"),
        ("a:\n\tb: c\n", "line 2: found character that cannot start any token"),
        ("a: [b\nc: d\n", "line 1: did not find expected ',' or ']'"),
        ("- a\nb: c\n", "line 1: did not find expected '-' indicator"),
        ("a:\n  b: 1\n c: 2\n", "line 2: did not find expected key"),
        ('a: "b\n', "line 2: found unexpected end of stream"),
        ("a: *x\n", "unknown anchor 'x' referenced"),
        ("a: b\nc\n", "line 3: could not find expected ':'"),
    ],
)
def test_a_file_that_is_no_yaml_is_refused_in_the_words_of_gos_reader(text, said):
    came = typed(a_lab(), "kubectl apply -f x.yaml", {"x.yaml": text})

    assert (
        came.stderr == f"error: error parsing x.yaml: error converting YAML to JSON: yaml: {said}\n"
    )


def test_a_verbose_health_check_lists_what_was_checked():
    said = typed(a_lab(), "kubectl get --raw '/readyz?verbose'").stdout.splitlines()

    assert said[:5] == [
        "[+]ping ok",
        "[+]log ok",
        "[+]etcd ok",
        "[+]etcd-readiness ok",
        "[+]informer-sync ok",
    ]
    assert said[-2:] == ["[+]shutdown ok", "readyz check passed"]


def test_etcdctl_is_of_the_version_that_the_members_run():
    lab = a_lab()

    image = typed(
        lab, "kubectl get pod etcd-cp-1 -n kube-system -o jsonpath={.spec.containers[0].image}"
    ).stdout
    table = typed(lab, "etcdctl endpoint status -w table").stdout

    assert f" {image.partition(':')[2].strip().removesuffix('-0')} |" in table
    assert "| IS LEADER | IS LEARNER | RAFT TERM |" in table


def test_a_job_is_made_of_a_cron_job():
    lab = a_lab()
    typed(lab, "kubectl create cronjob h --image=busybox --schedule='* * * * *'")

    came = typed(lab, "kubectl create job now --from=cronjob/h")

    assert came.stdout == "job.batch/now created\n"
    owner = "kubectl get job now -o jsonpath='{.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name}'"
    assert typed(lab, owner).stdout.strip() == "CronJob/h"


def test_where_one_node_is_misspelt_no_node_is_cordoned():
    lab = a_lab()

    came = typed(lab, "kubectl cordon nope worker-1")

    assert (came.stdout, came.stderr) == (
        "",
        'Error from server (NotFound): nodes "nope" not found\n',
    )
    assert "SchedulingDisabled" not in typed(lab, "kubectl get nodes").stdout


def test_the_service_of_dns_has_the_ports_that_every_cluster_shows():
    shown = typed(a_lab(), "kubectl get service kube-dns -n kube-system").stdout

    assert "53/UDP,53/TCP,9153/TCP" in shown
