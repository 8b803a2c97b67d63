"""Lines and files that once stopped a whole lab: each is answered, and the lab goes on.

That it goes on means that a checkpoint can be taken: whatever is in the store can be written down.
"""

import json
from typing import Any

import pytest

from simulation.kernel.reasons import Refused
from simulation.kernel.units import MINUTE, SECOND
from simulation.kubectl import sessions
from simulation.lab import commands, queries
from simulation.lab.lab import Lab
from tests.simulation.kubectl.terminals import a_lab, typed

NINES = "9" * 25
POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: x{0}}}\nspec:\n  containers: [{{name: c, image: nginx{1}}}]\n"


def after(line: str | list[str], files: dict[str, str] | None = None) -> str:
    """Return what a session says, once it is certain that the lab has survived it."""
    lab = a_lab()
    argv = line.split() if isinstance(line, str) else line
    lab.submit(
        commands.parse({"do": "kubectl", "argv": argv, "files": files or {}}), "it", "tester"
    )
    lab.advance(lab.now + 5 * SECOND)
    thawed = Lab.thaw(lab.genesis, lab.freeze())
    thawed.advance(lab.now + 30 * SECOND)
    thawed.freeze()
    assert not thawed.sessions.state.sessions["it"].fault
    return "\n".join(line["text"] for line in thawed.sessions.output_since("it", 0)["lines"])


def applied(text: str) -> str:
    """Return what `apply` says about a file."""
    return after("kubectl apply -f a.yaml", {"a.yaml": text})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"scale deploy/web --replicas={NINES}", "value out of range"),
        ("scale deploy/web --replicas=²", "invalid syntax"),
        (f"autoscale deploy/web --min=1 --max={NINES}", "value out of range"),
        ("autoscale deploy/web --min=1 --max=9999999999", "cannot unmarshal number 9999999999 into"),
        (f"delete pod --all --grace-period={NINES}", "value out of range"),
        ("delete pod -l app=web --grace-period=9223372036854775807", "deleted"),
        (f"delete pod -l app=web --timeout={NINES}h", "invalid duration"),
        ("expose deploy/web --port=²", "invalid syntax"),
        (f"expose deploy/web --port={'9' * 5000}", "value out of range"),
        ("create service nodeport x --tcp=80:²", "targetPort"),
        ("create pdb x --selector=a=b --min-available=²", "invalid format specified for min-available"),
        ("create pdb x --selector=a=b --min-available=99999999999", "cannot unmarshal number"),
        (f"create priorityclass x --value={NINES}", "value out of range"),
        ("create cronjob x --image=a --schedule=²", "expected exactly 5 fields"),
        ("rollout undo deploy/web --to-revision=²", "invalid syntax"),
        ("logs -f deploy/web --tail=²", "invalid syntax"),
        ("patch endpointslice kubernetes -p {\"metadata\":{\"labels\":{\"a\":\"b\"}}}", "patched"),
        ("patch deploy web -p {\"apiVersion\":\"v1\"}", "At least one of apiVersion, kind and name was changed"),
        (f"patch deploy web -p {{\"spec\":{{\"replicas\":{NINES}}}}}", "cannot unmarshal number 1e+25 into"),
        ("patch deploy web -p {\"spec\":{\"replicas\":4294967296}}", "cannot unmarshal number 4294967296 into"),
        ("patch deploy web -p {\"metadata\":{\"annotations\":{\"a\":\"\\ud800\"}}}", "invalid Unicode character"),
        (f"patch deploy web -p {'[' * 3000}", "exceeded max depth"),
    ],
)  # fmt: skip
def test_a_flag_or_a_patch_that_no_number_or_text_can_hold_is_an_error_of_its_line(
    line: str, said: str
):
    assert said in after(f"kubectl {line}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [*a]", "exceeded max depth"),
        ("&a\na: *a", "exceeded max depth"),
        ("a: &a {<<: *a}", "exceeded max depth"),
        ("\n".join(["a0: &a0 1", *(f"a{i}: &a{i} {'[' * 50}*a{i - 1}{']' * 50}" for i in range(1, 60))]),
         "exceeded max depth"),
        (POD.format(', annotations: {a: "\\ud800"}', ""), "line 3: found invalid Unicode character"),
        (POD.format(', annotations: {a: "\\UFFFFFFFF"}', ""), "line 3: found invalid Unicode character"),
        (POD.format(f", generation: {NINES}", ""), "cannot unmarshal number 1e+25 into"),
        (POD.format('', f"}}]\n  terminationGracePeriodSeconds: {NINES}\n  tolerations: [{{key: a"), "number 1e+25"),
        (POD.format(', resourceVersion: "²"', ""), "created"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, annotations: [a]}\n", "cannot unmarshal array"),
        ("a: !!bool x", "Object 'Kind' is missing"),
    ],
)  # fmt: skip
def test_a_file_that_no_cluster_can_hold_is_an_error_of_its_place(text: str, said: str):
    assert said in applied(text)


@pytest.mark.parametrize(
    "amount", [NINES, "1e400", "9" * 5000, "1E9999", "9223372036854775807Ei", "1e-400"]
)
def test_an_amount_beyond_64_bits_is_capped(amount: str):
    amounts = f"{{cpu: {amount}, memory: {amount}, x.com/y: {amount}}}"
    resources = f", resources: {{requests: {amounts}, limits: {amounts}}}"

    assert applied(POD.format("", resources)) == "pod/x created"


@pytest.mark.parametrize("key", ["a.b/c", "[", "[x]", ".", "a[0].b", ""])
def test_an_unknown_field_may_be_called_anything(key: str):
    lab = a_lab()
    patch = json.dumps(
        {"spec": {key: 1, "template": {"spec": {"containers": [{"name": "web", key: 1}]}}}}
    )

    said = typed(lab, "kubectl patch deploy web --patch-file p.json", {"p.json": patch})

    warnings = [
        f'Warning: unknown field "spec.{where}{key}"'
        for where in ("template.spec.containers[0].", "")
    ]
    assert sorted(said.stderr.splitlines()) == sorted(warnings)
    assert said.stdout == "deployment.apps/web patched (no change)\n"


def test_halves_of_a_character_that_belong_together_are_one():
    lab = a_lab()
    files = {"a.yaml": POD.format(', annotations: {a: "\\ud83d\\ude00"}', "")}

    typed(lab, "kubectl apply -f a.yaml", files)

    assert typed(lab, "kubectl get pod x -o jsonpath={.metadata.annotations.a}").stdout == "😀"


def test_diff_of_a_file_with_a_mistake_says_so_and_ends_with_two():
    lab = a_lab()
    wrong = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: x}\n"

    said = typed(lab, "kubectl diff -f a.yaml", {"a.yaml": wrong})

    assert "cannot unmarshal string" in said.stderr
    assert said.status == 2


def test_an_unknown_field_may_have_dots_and_brackets_in_its_name():
    manifest = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"
        "spec: {a.b/c: 1, 'containers[0]': 2, containers: [{name: c, image: nginx, im.age: x}]}\n"
    )

    assert (
        after("kubectl apply --validate=false -f a.yaml", {"a.yaml": manifest}) == "pod/x created"
    )
    patch = '{"spec":{"a.b":1,"template":{"x[0].y":2}}}'
    assert "patched" in after(["kubectl", "patch", "deploy", "web", "-p", patch])


def test_a_patch_cannot_nest_deeper_operation_by_operation():
    steps = [
        f'{{"op":"add","path":"/metadata/annotations{"/a" * n}","value":{{}}}}' for n in range(200)
    ]

    line = "kubectl patch deploy web --type=json --patch-file p.json"

    assert "is too deep" in after(line, {"p.json": f"[{','.join(steps)}]"})


def test_what_was_applied_last_may_be_nonsense():
    lab = a_lab()
    note = f"kubectl.kubernetes.io/last-applied-configuration={'[' * 3000}"
    files = {"a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"}

    typed(lab, f"kubectl annotate deploy/web {note}")

    assert "exceeded max depth" in typed(lab, "kubectl diff -f a.yaml", files).stderr


@pytest.mark.parametrize("given", [
    {"do": "kubectl", "argv": ["kubectl", "annotate", "deploy/web", "a=\ud800"]},
    {"do": "load", "route": "\ud800", "rps": 1},
    {"do": "load", "route": "shop.local/", "rps": 10**30},
])  # fmt: skip
def test_a_command_that_cannot_be_written_down_is_refused(given: dict[str, Any]):
    with pytest.raises(Refused, match="command-malformed"):
        commands.parse(given)


def test_a_question_that_cannot_be_written_down_is_refused():
    with pytest.raises(Refused, match="command-malformed"):
        queries.answer(a_lab(), {"ask": "kubectl", "argv": ["echo", "\ud800"]})


def test_a_bug_of_ours_ends_its_session_and_is_remembered(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise KeyError("nobody thought of this")

    monkeypatch.setitem(sessions.PLANS, "scale", broken)
    lab = a_lab()
    before = lab.world.store.digest()

    said = typed(lab, "kubectl scale deploy/web --replicas=2")

    assert (said.status, lab.world.store.digest()) == (1, before)
    assert said.stderr.startswith(
        'Error from server (InternalError): an error on the server ("KeyError in '
    )
    assert [each.fault for each in lab.sessions.state.sessions.values()] == [
        f"KeyError in {__name__}.broken"
    ]
    lab.advance(lab.now + MINUTE)


def test_a_broken_promise_of_the_engine_is_never_passed_over(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise AssertionError("worker-1 holds 5000m of 4000m CPU")

    monkeypatch.setitem(sessions.PLANS, "scale", broken)

    with pytest.raises(AssertionError, match="5000m"):
        typed(a_lab(), "kubectl scale deploy/web --replicas=2")


@pytest.mark.parametrize(
    "line",
    [
        f"kubectl run x --image=busybox -- sleep {NINES * 20}",
        f"kubectl run x --image=busybox -- sh -c 'sleep {NINES * 20}; exit {NINES * 200}'",
        f"kubectl run x --image=busybox -- sh -c 'nc -l -p {NINES * 200}'",
        "kubectl annotate rs --all deployment.kubernetes.io/revision=² --overwrite",
        f"kubectl annotate rs --all deployment.kubernetes.io/revision={NINES * 200} --overwrite",
        f"kubectl annotate rs --all deployment.kubernetes.io/max-replicas={NINES * 200} --overwrite",
    ],
)
def test_a_number_that_only_a_program_reads_stops_no_lab(line):
    lab = a_lab()

    typed(lab, line)
    lab.advance(lab.now + 20 * SECOND)

    assert Lab.thaw(lab.genesis, lab.freeze()).digest() == lab.digest()
