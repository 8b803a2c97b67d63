"""Merging manifests: apply's three-way merge and the three kinds of patch."""

import pytest

from simulation.kubectl.merge import json_merge, json_patch, strategic, three_way

LIVE = {
    "metadata": {"name": "web", "labels": {"app": "web", "by": "hpa"}},
    "spec": {
        "replicas": 5,
        "containers": [
            {"name": "web", "image": "web:1", "env": [{"name": "A", "value": "1"}]},
            {"name": "sidecar", "image": "proxy:1"},
        ],
    },
}


@pytest.mark.parametrize(
    ("last", "new", "merged"),
    [
        (
            "what was applied and is not any more goes",
            ({"a": 1, "b": 2}, {"a": 1}, {"a": 1, "b": 2}),
            {"a": 1},
        ),
        ("what others added stays", ({"a": 1}, {"a": 1}, {"a": 1, "c": 3}), {"a": 1, "c": 3}),
        ("what is new comes", ({}, {"a": 2}, {"a": 1}), {"a": 2}),
        ("a plain list is replaced", ({"l": [1]}, {"l": [2, 3]}, {"l": [1, 9]}), {"l": [2, 3]}),
        (
            "an item of a list goes by its name",
            (
                {"containers": [{"name": "a"}, {"name": "b"}]},
                {"containers": [{"name": "a"}]},
                {"containers": [{"name": "a", "x": 1}, {"name": "b"}, {"name": "injected"}]},
            ),
            {"containers": [{"name": "a", "x": 1}, {"name": "injected"}]},
        ),
    ],
)
def test_apply_merges_three_ways(last, new, merged):
    before, wanted, live = new

    assert three_way(before, wanted, live) == merged, last


@pytest.mark.parametrize(
    ("patch", "path", "value"),
    [
        ({"spec": {"replicas": 2}}, ("spec", "replicas"), 2),
        ({"metadata": {"labels": {"by": None}}}, ("metadata", "labels"), {"app": "web"}),
        (
            {"spec": {"containers": [{"name": "web", "image": "web:2"}]}},
            ("spec", "containers", 0, "image"),
            "web:2",
        ),
        (
            {"spec": {"containers": [{"name": "web", "image": "web:2"}]}},
            ("spec", "containers", 1, "name"),
            "sidecar",
        ),
        (
            {"spec": {"containers": [{"name": "sidecar", "$patch": "delete"}]}},
            ("spec", "containers"),
            LIVE["spec"]["containers"][:1],
        ),
        (
            {"metadata": {"labels": {"$patch": "replace", "x": "y"}}},
            ("metadata", "labels"),
            {"x": "y"},
        ),
    ],
)
def test_a_strategic_patch_knows_the_lists_of_kubernetes(patch, path, value):
    found = strategic(LIVE, patch)
    for step in path:
        found = found[step]

    assert found == value


def test_a_merge_patch_replaces_lists():
    merged = json_merge(LIVE, {"spec": {"containers": [{"name": "only"}], "replicas": None}})

    assert merged["spec"] == {"containers": [{"name": "only"}]}


@pytest.mark.parametrize(
    ("operations", "path", "value"),
    [
        ([{"op": "replace", "path": "/spec/replicas", "value": 1}], ("spec", "replicas"), 1),
        (
            [{"op": "add", "path": "/metadata/labels/team~1a", "value": "x"}],
            ("metadata", "labels", "team/a"),
            "x",
        ),
        (
            [{"op": "remove", "path": "/spec/containers/0"}],
            ("spec", "containers", 0, "name"),
            "sidecar",
        ),
        (
            [{"op": "add", "path": "/spec/containers/-", "value": {"name": "last"}}],
            ("spec", "containers", 2, "name"),
            "last",
        ),
        ([{"op": "test", "path": "/spec/replicas", "value": 5}], ("spec", "replicas"), 5),
    ],
)
def test_a_json_patch_does_its_operations_in_order(operations, path, value):
    found = json_patch(LIVE, operations)
    for step in path:
        found = found[step]

    assert found == value


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/spec/replicas", "value": 6},
        {"op": "remove", "path": "/nope"},
        {"op": "replace", "path": "/spec/containers/9", "value": 1},
        {"path": "/x"},
    ],
)
def test_a_json_patch_that_cannot_be_done_is_refused(operation):
    with pytest.raises(ValueError):
        json_patch(LIVE, [operation])


def test_items_that_share_a_key_stay_and_a_patch_changes_the_first():
    live = {
        "ports": [
            {"containerPort": 53, "protocol": "UDP"},
            {"containerPort": 53, "protocol": "TCP"},
        ]
    }

    assert strategic(
        live, {"ports": [{"containerPort": 53, "name": "dns"}, {"containerPort": 80}]}
    )["ports"] == [
        {"containerPort": 53, "protocol": "UDP", "name": "dns"},
        {"containerPort": 53, "protocol": "TCP"},
        {"containerPort": 80},
    ]
    assert strategic(live, {"ports": [{"containerPort": 53, "$patch": "delete"}]}) == {"ports": []}


def test_a_list_where_a_name_should_be_is_no_key():
    live = {"containers": [{"name": "a"}]}
    wrong = {"containers": [{"name": [None]}]}

    assert strategic(live, wrong) == wrong
    assert three_way({}, wrong, live) == wrong
    assert three_way(wrong, live, live) == live
