"""Commands that change things or take time: sessions that live in lab time."""

import pytest

from simulation.kernel.units import MINUTE, SECOND
from simulation.kubectl.limits import SESSIONS_MAX
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab, RefusedCommand
from tests.simulation.kubectl.lines_files import FILES
from tests.simulation.kubectl.terminals import a_lab, typed


def begin(lab: Lab, line: str, id: str) -> Applied | RefusedCommand:
    """Begin a session."""
    return lab.submit(
        commands.parse({"do": "kubectl", "argv": line.split(), "files": {}}), id, "tester"
    )


def test_apply_remembers_what_was_applied_and_removes_what_is_not_any_more():
    lab = a_lab()
    first = {
        "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '1', b: '2'}\n"
    }
    second = {"cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '3'}\n"}

    said = [
        typed(lab, "kubectl apply -f cm.yaml", files).stdout for files in (first, first, second)
    ]

    assert said == [f"configmap/c {word}\n" for word in ("created", "unchanged", "configured")]
    assert typed(lab, "kubectl get cm c -o jsonpath={.data}").stdout.strip() == '{"a":"3"}'


def test_a_manifest_with_a_mistake_points_at_its_line():
    lab = a_lab()
    wrong = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  containrs: []\n"
    given = {
        "do": "kubectl",
        "argv": ["kubectl", "apply", "-f", "x.yaml"],
        "files": {"x.yaml": wrong},
    }

    lab.submit(commands.parse(given), "one", "tester")
    lab.advance(lab.now + SECOND)

    body = lab.sessions.output_since("one", 0)
    assert 'strict decoding error: unknown field "spec.containrs"' in body["lines"][0]["text"]
    assert [(each["file"], each["line"]) for each in body["problems"]] == [("x.yaml", 6)]
    assert body["lines"][1]["text"] == "Note: x.yaml:6:3: spec.containrs"


def test_errors_of_several_manifests_come_after_what_was_done():
    lab = a_lab()
    map_, wrong = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: %s}\n", "daten: {}\n"
    files = {
        "x.yaml": "---\n".join(
            [map_ % "a" + wrong, map_ % "b", map_ % "c" + "data: {a: 1}\n", map_ % "d"]
        )
    }

    came = typed(lab, "kubectl apply -f x.yaml", files)

    assert came.stdout == "configmap/b created\nconfigmap/d created\n"
    assert came.status == 1
    lines = [each.text for each in next(iter(lab.sessions.state.sessions.values())).lines]
    assert [line.partition(" ")[0] for line in lines] == [
        "configmap/b",
        "configmap/d",
        "Error",
        "Note:",
        "Error",
        "Note:",
    ]
    assert lines[3::2] == ["Note: x.yaml:4:1: daten", "Note: x.yaml:13:8: data.a"]


def test_delete_waits_until_the_pod_is_gone_and_a_forced_one_does_not():
    lab = a_lab()
    before = lab.now

    typed(lab, "kubectl delete pod report --grace-period=0 --force")
    assert lab.now - before < SECOND

    before = lab.now
    typed(lab, "kubectl delete pod -l app=pay")
    assert lab.now - before >= SECOND


def test_wait_ends_when_the_condition_holds_or_its_time_is_over():
    lab = a_lab()
    typed(lab, "kubectl run late --image=nginx")

    met = typed(lab, "kubectl wait --for=condition=Ready pod/late --timeout=60s")
    over = typed(lab, "kubectl wait --for=condition=Nope pod/late --timeout=3s")

    assert (met.stdout, met.status) == ("pod/late condition met\n", 0)
    assert (over.stderr, over.status) == (
        "error: timed out waiting for the condition on pods/late\n",
        1,
    )


@pytest.mark.parametrize("seconds", [1, 2, 7])
def test_a_checkpoint_in_the_middle_of_a_drain_changes_nothing(seconds):
    straight = a_lab()
    assert isinstance(
        begin(straight, "kubectl drain worker-3 --ignore-daemonsets --force", "drain"), Applied
    )
    straight.advance(straight.now + seconds * SECOND)

    thawed = Lab.thaw(straight.genesis, straight.freeze())
    for lab in (straight, thawed):
        lab.advance(lab.now + MINUTE)

    assert thawed.digest() == straight.digest()
    assert thawed.sessions.output_since("drain", 0) == straight.sessions.output_since("drain", 0)
    assert straight.sessions.output_since("drain", 0)["exit_code"] == 0


def test_no_more_commands_wait_than_there_is_room_for():
    lab = a_lab()

    answers = [
        begin(lab, "kubectl get pods -w", f"s{number}") for number in range(SESSIONS_MAX + 1)
    ]

    assert all(isinstance(each, Applied) for each in answers[:-1])
    assert isinstance(answers[-1], RefusedCommand)
    assert answers[-1].reason.key == "too-many-sessions"


def test_a_watch_prints_each_change_and_a_filter_behind_it_holds():
    lab = a_lab()
    begin(lab, "kubectl get pods -w | grep pay", "watch")
    lab.advance(lab.now + SECOND)
    typed(lab, "kubectl delete pod -l app=pay")
    typed(lab, "kubectl delete pod report")

    lines = [each["text"] for each in lab.sessions.output_since("watch", 0)["lines"]]

    assert len(lines) > 3
    assert all("pay" in line for line in lines)
    assert any("Terminating" in line for line in lines) and any("Pending" in line for line in lines)


def test_a_billion_replicas_are_refused_by_a_quota_or_bounded():
    lab = a_lab()

    came = typed(lab, "kubectl scale deployment web --replicas=1000000000", patience=30 * SECOND)
    lab.advance(lab.now + 30 * SECOND)

    assert came.status in (0, 1)
    assert len(lab.world.store.keys("Pod")) < 5_000


def test_set_env_and_set_resources_change_the_template():
    lab = a_lab()

    typed(lab, "kubectl set env deployment/web COLOUR=blue EMPTY=")
    typed(lab, "kubectl set env deployment/web EMPTY-")
    typed(lab, "kubectl set resources deployment web --requests=cpu=300m --limits=cpu=600m")

    path = "kubectl get deploy web -o jsonpath={.spec.template.spec.containers[0]"
    assert typed(lab, f"{path}.env}}").stdout.strip() == '[{"name":"COLOUR","value":"blue"}]'
    assert typed(lab, f"{path}.resources.limits}}").stdout.strip() == '{"cpu":"600m"}'
    assert '"cpu":"300m"' in typed(lab, f"{path}.resources.requests}}").stdout


def test_diff_shows_what_apply_would_change_and_changes_nothing():
    lab = a_lab()
    before = lab.world.store.version

    came = typed(lab, "kubectl diff -f web.yaml", FILES)

    assert came.status == 1
    assert "-  replicas: 6\n+  replicas: 7\n" in came.stdout
    assert lab.world.store.version == before


def test_a_new_pod_has_its_class_of_service_before_any_kubelet_heard_of_it():
    lab = a_lab()

    typed(lab, "kubectl run plain --image=nginx")

    said = typed(lab, "kubectl get pod plain -o jsonpath='{.status.qosClass} {.spec.nodeName}'")
    assert said.text.strip() == "BestEffort"
