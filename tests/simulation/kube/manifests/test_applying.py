"""Manifests through the terminal: what kubectl says when the API server refuses or takes them."""

import pytest

from simulation.kernel.units import MINUTE
from tests.simulation.kubectl.terminals import a_lab, typed

POD = """
apiVersion: v1
kind: Pod
metadata: {name: important}
spec: {priorityClassName: high, containers: [{name: a, image: nginx}]}
"""
CERTIFICATE = """
apiVersion: v1
kind: Pod
metadata: {name: certified}
spec:
  containers: [{name: a, image: nginx}]
  volumes:
  - name: identity
    projected:
      sources:
      - podCertificate: {signerName: example.org/signer, keyType: ECDSAP256, KEYS}
"""
KYAML = """---
{
  # Commas may trail, and long texts go on over lines.
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: {
    name: "flowing",
  },
  data: {
    script.sh: "\\
      one\\n\\
      two\\n\\
      ",
  },
}
"""
CLASS = (
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 9\n---"
)


@pytest.fixture(scope="module")
def lab():
    return a_lab()


def said(lab, manifest: str) -> str:
    """Return what kubectl says; where a field stands is ours to add."""
    text = typed(lab, "kubectl apply -f f.yaml", {"f.yaml": manifest}, MINUTE).text
    return "".join(line for line in text.splitlines(True) if not line.startswith("Note: "))


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (
            "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: x}\n",
            'error: resource mapping not found for name: "x" namespace: "" from "f.yaml": no matches '
            'for kind "Deployment" in version "apps/v1beta1"\nensure CRDs are installed first\n',
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {foo: 1}\n",
            'Error from server (BadRequest): error when creating "f.yaml": Deployment in version "v1" '
            'cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo"\n',
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: X}\nspec: {ports: [{port: 1}]}\n",
            'The Service "X" is invalid: metadata.name: Invalid value: "X": a DNS-1035 label must '
            "consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
            "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
            "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')\n",
        ),
        (
            POD,
            'Error from server (Forbidden): error when creating "f.yaml": pods "important" is '
            "forbidden: no PriorityClass with name high was found\n",
        ),
    ],
)
def test_a_manifest_is_refused_in_kubectl_s_words(lab, manifest: str, words: str) -> None:
    assert said(lab, manifest) == words


def test_a_pod_of_a_class_gets_its_priority() -> None:
    lab = a_lab()

    assert said(lab, CLASS + POD) == (
        "priorityclass.scheduling.k8s.io/high created\npod/important created\n"
    )
    path = "{.spec.priority} {.spec.preemptionPolicy}"
    assert typed(lab, f"kubectl get pod important -o jsonpath='{path}'").text == (
        "9 PreemptLowerPriority"
    )


def test_a_volume_may_hold_a_certificate_of_the_pod(lab) -> None:
    taken = said(lab, CERTIFICATE.replace("KEYS", "credentialBundlePath: all.pem"))
    refused = said(lab, CERTIFICATE.replace("KEYS", "bundle: all.pem"))

    assert taken == "pod/certified created\n"
    field = "spec.volumes[0].projected.sources[0].podCertificate.bundle"
    assert f'strict decoding error: unknown field "{field}"' in refused


def test_kyaml_is_read_as_any_yaml(lab) -> None:
    assert said(lab, KYAML) == "configmap/flowing created\n"
    path = r"{.data.script\.sh}"
    assert typed(lab, f"kubectl get configmap flowing -o jsonpath='{path}'").text == "one\ntwo\n"


def test_what_may_not_change_is_refused_where_it_stands(lab) -> None:
    manifest = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n"
        "  selector: {matchLabels: {app: other}}\n"
        "  template: {metadata: {labels: {app: other}}, spec: {containers: [{name: a, image: b}]}}\n"
    )

    assert said(lab, manifest).endswith(
        'The Deployment "web" is invalid: spec.selector: Invalid value: '
        '{"matchLabels":{"app":"other"}}: field is immutable\n'
    )
