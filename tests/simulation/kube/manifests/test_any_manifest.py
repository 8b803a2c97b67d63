"""No manifest, however wrong, may do more than be refused."""

import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

import simulation.scenarios
from simulation.kube.manifests.codec import Malformed, from_json, to_json, to_yaml
from simulation.kube.manifests.defaults import with_defaults
from simulation.kube.manifests.reading import documents
from simulation.kube.manifests.validation import invalid, strict
from simulation.kube.objects.kinds import KINDS
from simulation.kube.rules.printing import columns, row
from tests.simulation.kube.manifests.reading_back import CALENDAR

FOLDER = Path(simulation.scenarios.__file__).parent / "examples"
EXAMPLES = [
    document.content
    for path in sorted(FOLDER.rglob("*.yaml"))
    for document in documents(path.name, path.read_text(encoding="utf-8"))
    if document.content.get("kind") in KINDS
]
ODD = (None, [], {}, "", "x", 0, -1, 1.5, True, [None], [{}], {"a": None}, "a" * 300, 10**12)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(found for key, each in children for found in places(each, (*path, key)))]


def spoiled(content: dict, dice: random.Random) -> dict:
    content = deepcopy(content)
    path = dice.choice(
        [each for each in places(content) if each and each[0] not in ("kind", "apiVersion")]
    )
    target: Any = content
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = dice.choice(ODD)
    return content


@pytest.mark.parametrize("seed", range(20))
def test_a_spoiled_manifest_is_refused_or_taken_and_never_breaks_anything(seed: int) -> None:
    dice = random.Random(seed)

    for example in EXAMPLES:
        content = spoiled(example, dice)
        kind = content["kind"]
        if strict(kind, content) or invalid(kind, content):
            continue
        try:
            obj = with_defaults(from_json(content, CALENDAR))
        except Malformed:
            continue
        assert len(row(obj, 0, CALENDAR)) == len(columns(kind))
        assert yaml.safe_load(to_yaml(to_json(obj, CALENDAR)))["kind"] == kind


def test_the_examples_of_the_documentation_are_right() -> None:
    for example in EXAMPLES:
        if example["apiVersion"] != "autoscaling/v1":
            assert strict(example["kind"], example) == []
            assert invalid(example["kind"], example) == []


def test_what_is_given_back_is_read_as_the_same_object() -> None:
    for example in EXAMPLES:
        obj = with_defaults(from_json(example, CALENDAR))

        again = with_defaults(from_json(to_json(obj, CALENDAR), CALENDAR))

        assert again == obj
