"""What is refused before anything is written: patches, names, namespaces and images that do not fit."""

import pytest

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
