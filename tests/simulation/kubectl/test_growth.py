"""What may grow with every command that somebody types, and where it stops."""

import pytest

from simulation.kube import quota
from simulation.kube.limits import ANNOTATIONS_BYTES_MAX, OBJECT_BYTES_MAX
from simulation.kubectl.limits import (
    LINE_BYTES_MAX,
    OUTPUT_BYTES_MAX,
    OUTPUT_LINES_MAX,
    SESSION_BYTES_MAX,
    SESSIONS_KEPT_MAX,
    STORY_COMMAND_MAX,
)
from simulation.kubectl.session import Session
from simulation.kubectl.sizes import fitting, size_of
from simulation.lab import commands, queries
from simulation.lab.lab import Applied, Lab, RefusedCommand
from simulation.lab.limits import COMMAND_CHARACTERS_MAX, FILES_BYTES_MAX
from tests.simulation.kubectl.terminals import a_lab, typed


def begin(
    lab: Lab, argv: list[str], id: str, files: dict[str, str] | None = None
) -> Applied | RefusedCommand:
    given = {"do": "kubectl", "argv": argv, "files": files or {}}
    return lab.submit(commands.parse(given), id, "tester")


def test_words_of_a_command_are_counted_by_their_letters():
    outcome = begin(a_lab(), ["kubectl", "get", "x" * COMMAND_CHARACTERS_MAX], "long")

    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason.key == "command-too-large"


def test_files_are_counted_in_bytes_and_by_their_names():
    for files in ({"a.yaml": "한" * (FILES_BYTES_MAX // 3 + 1)}, {"x" * (FILES_BYTES_MAX + 1): ""}):
        outcome = begin(a_lab(), ["kubectl", "apply", "-f", "a.yaml"], "large", files)

        assert isinstance(outcome, RefusedCommand)
        assert outcome.reason.key == "files-too-large"


def test_the_story_tells_the_beginning_of_a_long_command():
    lab = a_lab()

    begin(lab, ["kubectl", "scale", "deploy/web", "x" * 5_000], "long")

    told = [
        each for each in lab.world.ledger.entries.values() if each.reason.key == "asked-in-vain"
    ]
    assert len(told[-1].reason.params["command"]) == STORY_COMMAND_MAX


def test_a_session_keeps_so_many_bytes_and_says_what_it_left_out():
    lab = a_lab()
    begin(lab, ["kubectl", "get", "pods", "-w"], "watch")
    session = lab.sessions.state.sessions["watch"]
    before = len(session.lines)

    for number in range(1_000):
        session.say(lab.now, f"{number} {'한' * 300}")

    assert (
        session.held_bytes == sum(size_of(line.text) for line in session.lines) <= SESSION_BYTES_MAX
    )
    first = lab.sessions.output_since("watch", 0)["lines"]
    assert first[0]["text"] == f"… {session.dropped} lines before this one are not kept"
    assert session.dropped + len(session.lines) == 1_000 + before
    assert "not kept" not in lab.sessions.output_since("watch", session.dropped)["lines"][0]["text"]


def test_a_session_keeps_so_many_lines_and_so_much_of_each():
    session = Session("id", (), {}, 0)

    session.say(0, "x" * (LINE_BYTES_MAX * 2))
    assert session.held_bytes == LINE_BYTES_MAX

    session.say(0, "\n" * (OUTPUT_LINES_MAX * 2))
    assert len(session.lines) == OUTPUT_LINES_MAX


def test_finished_sessions_make_room_for_new_ones():
    lab = a_lab()

    for number in range(SESSIONS_KEPT_MAX + 20):
        begin(lab, ["kubectl", "nonsense"], f"n{number}")

    assert len(lab.sessions.state.sessions) == SESSIONS_KEPT_MAX


@pytest.mark.parametrize("letter", ["x", "한", "\x01", "😀"])
def test_an_answer_fits_a_frame_whatever_letters_it_is_written_in(letter: str):
    text = fitting(letter * OUTPUT_BYTES_MAX, OUTPUT_BYTES_MAX)

    assert OUTPUT_BYTES_MAX - 20 < size_of(text) <= OUTPUT_BYTES_MAX


def test_what_is_too_large_for_a_message_is_cut_and_the_answer_says_so():
    lab = a_lab()
    files = {
        "a.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {{a: {'한' * 140_000}}}\n"
    }
    typed(lab, "kubectl create -f a.yaml", files)

    body = queries.answer(
        lab, {"ask": "kubectl", "argv": ["kubectl", "get", "cm", "c", "-o", "json"]}
    )

    assert size_of(body["stdout"]) <= OUTPUT_BYTES_MAX
    assert "the rest was left out" in body["stderr"]


def test_annotations_of_an_object_are_counted_together_on_every_write():
    lab = a_lab()
    said = []

    for number in range(40):
        words = [f"a{number}-{each}={'x' * 700}" for each in range(10)]
        begin(lab, ["kubectl", "annotate", "deploy/web", *words], f"a{number}")
        lab.advance(lab.now + 2_000)
        said.append(lab.sessions.output_since(f"a{number}", 0)["lines"][-1]["text"])

    words = f"may not be more than {ANNOTATIONS_BYTES_MAX} bytes"
    assert said[0] == "deployment.apps/web annotated"
    assert said[-1] == f'The Deployment "web" is invalid: metadata.annotations: Too long: {words}'


def test_an_object_cannot_grow_beyond_what_etcd_takes():
    lab = a_lab()
    said = []

    for number in range(5):
        container = f"{{name: web, env: [{{name: k{number}, value: {'x' * 400_000}}}]}}"
        patch = {
            "p.yaml": f"spec: {{paused: true, template: {{spec: {{containers: [{container}]}}}}}}"
        }
        argv = ["kubectl", "patch", "deploy", "web", "--patch-file", "p.yaml"]
        begin(lab, argv, f"p{number}", patch)
        lab.advance(lab.now + 2_000)
        said.append(lab.sessions.output_since(f"p{number}", 0)["lines"][-1]["text"])

    assert said[0] == "deployment.apps/web patched"
    assert said[-1].endswith("etcdserver: request is too large")
    assert 400_000 * 3 < OBJECT_BYTES_MAX < 400_000 * 4


@pytest.mark.parametrize(
    ("kind", "spec", "counted"),
    [
        ("Service", "apiVersion: v1\nspec: {ports: [{port: 80}]}", 'services "x7" is forbidden: exceeded quota: lab, requested: services=1'),
        ("ConfigMap", "apiVersion: v1", 'configmaps "x7" is forbidden: exceeded quota: lab, requested: configmaps=1'),
        ("PodDisruptionBudget", "apiVersion: policy/v1\nspec: {minAvailable: 1}",
         'poddisruptionbudgets.policy "x7" is forbidden: exceeded quota: lab, requested: count/poddisruptionbudgets.policy=1'),
    ],
)  # fmt: skip
def test_kinds_whose_number_makes_a_lab_slow_have_a_quota(
    kind: str, spec: str, counted: str, monkeypatch: pytest.MonkeyPatch
):
    lab = a_lab()
    held = len(lab.world.store.state.objects.get(kind, {}))
    monkeypatch.setitem(quota.MOST_OF_A_KIND, kind, held + 7)
    text = "---\n".join(f"kind: {kind}\nmetadata: {{name: x{n}}}\n{spec}\n" for n in range(8))

    said = typed(lab, "kubectl create -f a.yaml", {"a.yaml": text})

    assert said.stdout.count("created") == 7
    assert counted in said.stderr
