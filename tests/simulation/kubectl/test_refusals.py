"""What is refused before anything is written: patches, names, namespaces and images that do not fit."""

import pytest
import yaml

from tests.simulation.kubectl.terminals import a_lab, typed

NAMELESS = "apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: b}}\nspec: {containers: [{name: a, image: b}]}\n"
GENERATED = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {generateName: web-}\n"
ASTRAY = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: nope}\nspec: {}\n"


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ('{"spec":{"replicas":"x"}}', '"map[spec:map[replicas:x]]": unrecognized type: int32'),
        ('{"spec":{"paused":[true]}}', '"map[spec:map[paused:[true]]]": unrecognized type: bool'),
        ('{"spec":{"template":"x"}}', '"map[spec:map[template:x]]": cannot restore struct from: string'),
        ('{"metadata":{"labels":{"a":1}}}', '"map[metadata:map[labels:map[a:1]]]": cannot convert int64 to string'),
    ],
)  # fmt: skip
def test_a_strategic_patch_of_the_wrong_type_is_named_as_it_was_written(patch, said):
    came = typed(a_lab(), f"kubectl patch deployment web -p '{patch}'")

    assert came.stderr == f"The request is invalid: patch: Invalid value: {said}\n"


def test_a_merge_patch_of_the_wrong_type_is_named_with_the_whole_object():
    came = typed(
        a_lab(), """kubectl patch deploy web --type=merge -p '{"spec":{"replicas":"x"}}'"""
    )

    assert came.stderr.startswith(
        'The request is invalid: patch: Invalid value: "{\\"apiVersion\\":\\"apps/v1\\"'
    )
    assert "json: cannot unmarshal string into Go struct field" in came.stderr


@pytest.mark.parametrize("flags", ["", " --server-side"])
def test_apply_needs_a_name(flags):
    nameless = typed(a_lab(), f"kubectl apply{flags} -f a.yaml", {"a.yaml": NAMELESS})
    generated = typed(a_lab(), f"kubectl apply{flags} -f a.yaml", {"a.yaml": GENERATED})

    assert nameless.stderr == (
        "error: error when retrieving current configuration of:\n"
        'Resource: "/v1, Resource=pods", GroupVersionKind: "/v1, Kind=Pod"\n'
        'Name: "", Namespace: "default"\n'
        'from server for: "a.yaml": resource name may not be empty\n'
    )
    assert generated.stderr == "error: from web-: cannot use generate name with apply\n"


def test_a_missing_namespace_is_found_before_what_is_wrong_with_the_object():
    came = typed(a_lab(), "kubectl apply -f a.yaml", {"a.yaml": ASTRAY})

    assert came.stderr == (
        'Error from server (NotFound): error when creating "a.yaml": namespaces "nope" not found\n'
    )


@pytest.mark.parametrize("image", ["UPPER/Case:1", "nginx:", "a b"])
def test_run_takes_no_image_that_is_no_reference(image):
    came = typed(a_lab(), f"kubectl run inv --image='{image}'")

    assert came.stderr == f'error: Invalid image name "{image}": invalid reference format\n'


def test_a_role_is_written_with_a_rule_for_each_group():
    line = "kubectl create role r --verb=get,mend --resource=po,deploy.apps,pods/log,rs --dry-run=client -o yaml"

    came = typed(a_lab(), line)

    assert came.stderr == "Warning: 'mend' is not a standard resource verb\n"
    assert [
        (each["apiGroups"], each["resources"]) for each in yaml.safe_load(came.stdout)["rules"]
    ] == [
        ([""], ["pods", "pods/log"]),
        (["apps"], ["deployments", "replicasets"]),
    ]


@pytest.mark.parametrize("verb", ["deployment web --image=nginx", "ns default", "secret generic s"])
def test_create_tells_what_it_failed_at_as_its_subcommand_does(verb):
    lab = a_lab()
    typed(lab, "kubectl create secret generic s")
    told = {
        "deployment": 'error: failed to create deployment: deployments.apps "web" already exists',
        "ns": 'Error from server (AlreadyExists): namespaces "default" already exists',
        "secret": 'error: failed to create secret secrets "s" already exists',
    }

    came = typed(lab, f"kubectl create {verb}")

    assert (came.status, came.stderr) == (1, f"{told[verb.split()[0]]}\n")


def test_an_invalid_object_of_create_is_told_in_the_words_of_the_server():
    came = typed(a_lab(), "kubectl create deployment x --image=nginx --replicas=-1 --port=0")

    assert came.stderr.startswith(
        'error: failed to create deployment: Deployment.apps "x" is invalid: [spec.'
    )
    assert came.stderr.endswith("]\n")
    assert "\n*" not in came.stderr
