"""A Secret's stringData: taken at each write, kept as data, never given back."""

import pytest

from simulation.kernel.units import MINUTE
from tests.simulation.kubectl.terminals import a_lab, typed

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
POD = """
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  containers:
  - {name: c, image: nginx, env: [{name: P, valueFrom: {secretKeyRef: {name: s, key: password}}}]}
"""


def given(text: str, verb: str = "apply"):
    lab = a_lab()
    typed(lab, f"kubectl {verb} -f s.yaml", {"s.yaml": SECRET + text})
    return lab


@pytest.mark.parametrize("verb", ["create", "apply", "apply --server-side"])
def test_string_data_is_stored_as_data_whoever_writes_it(verb):
    lab = given("data: {password: b2xk, kept: aGk=}\nstringData: {password: hunter2}\n", verb)

    assert typed(lab, "kubectl get secret s -o jsonpath='{.data}'").stdout == (
        '{"kept":"aGk=","password":"aHVudGVyMg=="}'
    )
    assert typed(lab, "kubectl get secret s -o jsonpath='{.stringData}'").stdout == ""


def test_a_patch_and_a_replacement_take_string_data_too():
    lab = given("stringData: {password: hunter2}\n")

    typed(lab, """kubectl patch secret s -p '{"stringData":{"user":"me"}}'""")
    assert typed(lab, "kubectl get secret s").stdout.splitlines()[1].split()[2] == "2"

    typed(lab, "kubectl replace -f s.yaml", {"s.yaml": SECRET + "stringData: {user: you}\n"})
    assert typed(lab, "kubectl get secret s -o jsonpath='{.data}'").stdout == '{"user":"eW91"}'


def test_a_pod_that_reads_a_key_of_string_data_starts():
    lab = given("stringData: {password: hunter2}\n")

    typed(lab, "kubectl apply -f p.yaml", {"p.yaml": POD})
    lab.advance(lab.now + MINUTE)

    assert "Running" in typed(lab, "kubectl get pod reader").stdout


def test_keys_of_string_data_are_validated_where_they_are_stored():
    came = typed(
        a_lab(), "kubectl apply -f s.yaml", {"s.yaml": SECRET + 'stringData: {"a b": c}\n'}
    )

    assert 'The Secret "s" is invalid: data[a b]: Invalid value: "a b"' in came.stderr
