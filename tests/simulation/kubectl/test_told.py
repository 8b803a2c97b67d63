"""The story tells what was asked of the cluster, and what came to nothing; it tells no reads."""

import pytest

from simulation.lab import commands
from simulation.lab.lab import Lab
from tests.simulation.kubectl.terminals import a_lab, typed

NAMELESS = "apiVersion: v1\nkind: Pod\nmetadata: {}\n"


def told(lab: Lab) -> list[tuple[str, str, str]]:
    """Return key, command and text of what the story tells of commands."""
    return [
        (
            each.reason.key,
            str(each.reason.params["command"]),
            str(each.reason.params.get("text", "")),
        )
        for each in lab.world.ledger.entries.values()
        if each.reason.key.startswith("asked")
    ]


def test_what_is_done_is_told_once_and_causes_what_follows() -> None:
    lab = a_lab()
    typed(lab, "kubectl scale deployment/web --replicas=7")

    assert told(lab) == [("asked", "kubectl scale deployment/web --replicas=7", "")]
    made = next(
        each
        for each in reversed(lab.world.ledger.entries.values())
        if each.reason.key == "written-as-asked"
    )
    assert [each.reason.key for each in lab.world.ledger.chain(made.id)][-1] == "asked"


@pytest.mark.parametrize(
    ("line", "files", "text"),
    [
        ("kubectl delete pod nobody", {}, 'Error from server (NotFound): pods "nobody" not found'),
        ("kubectl apply -f a.yaml", {"a.yaml": NAMELESS}, "error: error when retrieving current"),
        ("kubectl scale deployment/nobody --replicas=2", {}, "Error from server (NotFound): "),
    ],
)
def test_what_came_to_nothing_is_told_as_that(line: str, files: dict[str, str], text: str) -> None:
    lab = a_lab()
    typed(lab, line, files)

    [(key, command, said)] = told(lab)
    assert (key, command) == ("asked-in-vain", line)
    assert said.startswith(text)


def test_a_write_that_waits_for_a_quorum_in_vain_is_told_when_it_is_sent_and_when_it_failed() -> (
    None
):
    lab = a_lab()
    for node in ("cp-1", "cp-2"):
        lab.submit(commands.parse({"do": "power-off", "node": node}), node, "tester")
    typed(lab, "kubectl scale deployment/web --replicas=7")

    (sent, *_), (key, _, text) = told(lab)
    assert (sent, key) == ("asked", "asked-in-vain")
    assert "timed out" in text


@pytest.mark.parametrize(
    "line", ["kubectl get pods -w", "kubectl rollout status deployment/nobody"]
)
def test_whoever_only_looks_is_not_told(line: str) -> None:
    lab = a_lab()
    typed(lab, line, patience=2000)

    assert told(lab) == []
