"""No flag is taken and then forgotten: it is read, or does no harm, or is refused."""

import pytest

from simulation.kubectl import flags
from simulation.kubectl.parse import Call
from simulation.kubectl.verbs import GLOBAL, VERBS
from tests.simulation.kubectl.lines_files import FILES
from tests.simulation.kubectl.terminals import a_lab, typed
from tests.simulation.kubectl.test_lines import LINES
from tests.simulation.kubectl.test_quorum import without_a_quorum

READ_BY = """
kubectl annotate pods --all --field-selector=metadata.name=report --list
kubectl annotate pods report a=c --overwrite
kubectl annotate -f cm.yaml a=b
kubectl api-resources --verbs=list --sort-by=name
kubectl apply -f cm.yaml
kubectl auth can-i get pods -q
kubectl autoscale deploy web --max=3 --cpu=50% --memory=70%
kubectl create -f cm.yaml
kubectl create configmap a --from-env-file=a.env
kubectl create ingress x --rule=a/b=c:80 --annotation=a=b
kubectl create secret generic a --from-env-file=a.env
kubectl create service externalname x --external-name=a.b
kubectl delete -f cm.yaml
kubectl diff -f cm.yaml
kubectl drain worker-3 --ignore-daemonsets
kubectl drain -l a=b
kubectl exec report -q -- hostname
kubectl expose -f web.yaml --port=80 --name=w2 --external-ip=1.2.3.4
kubectl label -f cm.yaml a=b
kubectl patch -f cm.yaml -p {}
kubectl patch deploy web --patch-file=p.json
kubectl replace --force -f web.yaml
kubectl rollout history deploy -l a=b
kubectl rollout resume deploy -l a=b
kubectl rollout status ds/kube-proxy -n kube-system
kubectl rollout status deploy/web -w=false
kubectl rollout undo deploy -l a=b
kubectl rollout pause -f web.yaml
kubectl rollout restart -f web.yaml
kubectl rollout resume -f web.yaml
kubectl rollout pause deploy/web ; kubectl rollout resume deploy/web -o name
kubectl set image deploy/web web=nginx:1.25 ; kubectl rollout undo deploy/web --to-revision=1
kubectl rollout status -f web.yaml --revision=1
kubectl rollout undo -f web.yaml --to-revision=1
kubectl run n --image=nginx --rm --attach
kubectl scale -f web.yaml --replicas=2
kubectl set env deploy --all A=b
kubectl set image deploy --all web=nginx
kubectl set resources deploy --all --limits=cpu=2
kubectl set env -f web.yaml A=b
kubectl set image -f web.yaml web=nginx:1.25
kubectl set resources -f web.yaml --limits=cpu=2
kubectl taint nodes -l a=b x=y:NoSchedule --overwrite
kubectl uncordon -l a=b
kubectl wait --for=delete -f cm.yaml
""".strip().splitlines()
"""Lines that reach what the other tests' lines do not."""


def flags_of(specification: str) -> list[str]:
    """Return the names of the flags of a table."""
    return [word.partition("=")[0].partition(":")[0] for word in specification.split()]


@pytest.fixture(scope="module")
def asked() -> set[tuple[str, str]]:
    """Return (verb, flag) of all flags that were asked for while many lines were typed."""
    seen: set[tuple[str, str]] = set()
    values, given = Call.values, Call.given

    def noted_values(call: Call, name: str) -> tuple[str, ...]:
        seen.add((call.verb, name))
        return values(call, name)

    def noted_given(call: Call, name: str) -> bool:
        seen.add((call.verb, name))
        return given(call, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Call, "values", noted_values)
        patch.setattr(Call, "given", noted_given)
        for line in (*READ_BY, *(line for _, line, _ in LINES)):
            lab = a_lab()
            for each in line.split(" ; "):
                typed(lab, each, {**FILES, "a.env": "A=b", "p.json": "{}"}, 1_000)
        typed(without_a_quorum(), "kubectl get pods", patience=100)
    return seen


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in flags.ALWAYS_ELSEWHERE])
def test_each_flag_of_a_verb_is_read_or_harmless_or_refused(verb, asked):
    known = {**flags.HARMLESS, **flags.ELSEWHERE}

    forgotten = [
        flag
        for flag in flags_of(VERBS[verb])
        if (verb, flag) not in asked and flag not in known and f"{verb} {flag}" not in known
    ]

    assert forgotten == []


def test_each_global_flag_is_read_or_harmless_or_refused(asked):
    read = {flag for _, flag in asked}

    assert [
        each for each in flags_of(GLOBAL) if each not in {*read, *flags.HARMLESS, *flags.ELSEWHERE}
    ] == []


def test_what_is_said_of_a_flag_is_said_of_one_that_there_is():
    known = {
        flag for specification in (GLOBAL, *VERBS.values()) for flag in flags_of(specification)
    }
    known |= {f"{verb} {flag}" for verb in VERBS for flag in flags_of(VERBS[verb])}

    assert [each for each in (*flags.HARMLESS, *flags.ELSEWHERE) if each not in known] == []
    assert set(flags.HARMLESS) & set(flags.ELSEWHERE) == set()
    assert all(flags.HARMLESS.values())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "kubectl auth can-i get pods --as bob",
            "kubectl auth can-i --as: real, not simulated here",
        ),
        (
            "kubectl get pods --as-group=a --as=b",
            "kubectl get --as-group: real, not simulated here",
        ),
        (
            "kubectl apply --prune -f cm.yaml",
            "kubectl apply --prune: real, not simulated here, try: kubectl delete -f FILE",
        ),
        (
            "kubectl get pods -v=8",
            "kubectl get -v=8: real, not simulated here, try: kubectl get --raw PATH",
        ),
    ],
)
def test_a_flag_that_is_not_simulated_is_refused_and_says_what_comes_near(line, said):
    came = typed(a_lab(), line, FILES)

    assert (came.stderr, came.status) == (f"{said}\n", 1)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "kubectl scale deploy web --replicas=abc",
            'invalid argument "abc" for "--replicas" flag: strconv.ParseInt: parsing "abc": invalid syntax',
        ),
        (
            "kubectl create deployment x --image=a -r abc",
            'invalid argument "abc" for "-r, --replicas" flag: strconv.ParseInt: parsing "abc": invalid syntax',
        ),
        (
            "kubectl wait pod/report --timeout=5x",
            'invalid argument "5x" for "--timeout" flag: time: unknown unit "x" in duration "5x"',
        ),
        (
            "kubectl get pods --all-namespaces=maybe",
            'invalid argument "maybe" for "-A, --all-namespaces" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_before_anything_happens(line, problem):
    came = typed(a_lab(), line)

    verb = " ".join(line.split()[1:3] if "create" in line else line.split()[1:2])
    assert came.stderr == f"error: {problem}\nSee 'kubectl {verb} --help' for usage.\n"


def test_a_flag_that_kubectl_will_lose_is_told_of():
    lab = a_lab()

    recorded = typed(lab, "kubectl set image deploy/web web=shop.local/web:1.5 --record")
    scaled = typed(lab, "kubectl autoscale deploy web --max=3 --cpu-percent=50")
    dry = typed(lab, "kubectl create ns shop --dry-run")

    assert (
        recorded.stderr
        == "Flag --record has been deprecated, --record will be removed in the future\n"
    )
    assert scaled.stderr.startswith(
        "Flag --cpu-percent has been deprecated, Use --cpu with percentage"
    )
    assert "] --dry-run is deprecated and can be replaced with --dry-run=client.\n" in dry.stderr
    assert dry.stdout == "namespace/shop created (dry run)\n"


def test_record_notes_the_line_as_the_cause_of_the_revision():
    lab = a_lab()

    typed(lab, "kubectl set image deploy/web web=shop.local/web:1.5 --record")
    lab.advance(lab.now + 1_000)

    history = typed(lab, "kubectl rollout history deploy/web").stdout
    assert (
        "2         kubectl set image deploy/web web=shop.local/web:1.5 --record=true\n" in history
    )
