"""Scripts: what a line may be, what a mistake is told, how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from simulation.scenarios.script import Mistake, read
from tests.scenarios.playing import played

MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
"""


def run(script: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Play a script as a person does."""
    command = [sys.executable, "-m", "simulation", "play", str(script), *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def a_script(folder: Path, text: str) -> Path:
    """Write a script into a folder."""
    path = folder / "script.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("frobnicate worker-3", 1, '"frobnicate" is not known here'),
        ("wait 5s\nwait soon", 2, "soon is no duration"),
        ("wait 5s\n\nkubectl gte pods", 3, 'unknown command "gte" for "kubectl"'),
        ("kubectl get pods --foo", 1, "unknown flag: --foo"),
        ("power-off", 1, "power-off takes 1 word, not 0"),
        ("power-off worker-9", 1, "There is no machine called worker-9"),
        ("power-off worker-3\npower-off worker-3", 2, "worker-3 is already off"),
        ("load fast http://shop.local/", 1, "is no rate"),
        ("request ftp://shop.local/", 1, 'Protocol "ftp" not supported'),
        ("kubectl apply -f nothing.yaml", 1, "there is no file nothing.yaml"),
        ("kubectl apply -f - <<EOF\nkind: Pod", 1, "EOF is missing"),
        ("kubectl get pods 'x", 1, "unexpected EOF"),
        ("kill-container nobody", 1, "Pod default/nobody does not exist"),
        (
            "kubectl delete pod report\nwait 5s\nkill-container report",
            3,
            "Pod default/report does not exist; it was deleted at 00:00:02",
        ),
        (
            "remove-worker worker-2\nwait 5s\ncut worker-2",
            3,
            "There is no machine called worker-2 any more; it was removed at 00:00:00",
        ),
        ("# scenario: moon\nwait 5s", 1, "there is no scenario called moon"),
        ("# seed: x\nwait 5s", 1, "the seed must be a whole number"),
        ("# control-plane: 9\nwait 5s", 1, "a control plane has 1 to 7 nodes"),
        ("# a remark: 1\n# control-plane: 0\nwait 5s", 2, "a control plane has 1 to 7 nodes"),
        ("# control-plane: three\nwait 5s", 1, "a control plane has 1 to 7 nodes"),
        ("# Control_Plane: 3\nwait 5s", 1, "write # control-plane:"),
        ("wait 5s\n# seed: 4", 2, "# seed: belongs before the first command"),
        ("# seed: 4\n# seed: 5", 2, "stands there already, in line 1"),
        ("# story: nodes\nwait 5s", 1, "no part of the story is called nodes"),
        ("wait 5s\nkubectl scale deploy web", 2, 'required flag(s) "replicas" not set'),
        ("kubectl logs", 1, "expected 'logs [-f] [-p]"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_ends_with_status_2(tmp_path, text, line, wrong):
    script = a_script(tmp_path, text)

    ended = run(script)

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"{script}:{line}: ")
    assert wrong in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_mistake_is_found_before_anything_is_played(tmp_path):
    ended = run(a_script(tmp_path, "power-off worker-3\nwait 5s\nfrobnicate"))

    assert (ended.returncode, ended.stdout) == (2, "")


def test_a_script_that_is_not_there_ends_with_status_2(tmp_path):
    ended = run(tmp_path / "nothing.txt")

    assert ended.returncode == 2
    assert "No such file or directory" in ended.stderr


def test_an_error_of_kubectl_is_no_mistake(tmp_path):
    ended = run(a_script(tmp_path, "kubectl get pods nope\nkubectl get nodes -o name"))

    assert ended.returncode == 0
    assert 'Error from server (NotFound): pods "nope" not found' in ended.stdout
    assert "node/worker-4" in ended.stdout


def test_files_are_named_relative_to_the_script(tmp_path):
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "settings.yaml").write_text(MANIFEST)
    script = a_script(
        tmp_path,
        "kubectl apply -f manifests/settings.yaml\nkubectl delete -f manifests/\n"
        "kubectl create configmap again --from-file=manifests/settings.yaml",
    )

    ended = run(script)

    assert ended.returncode == 0, ended.stderr
    assert "configmap/settings created" in ended.stdout
    assert 'configmap "settings" deleted' in ended.stdout
    assert "configmap/again created" in ended.stdout


def test_an_answer_in_json_or_yaml_starts_at_the_beginning_of_a_line():
    said = played("kubectl get node worker-3 -o json\nkubectl get node worker-3 -o yaml")

    second = said.index("$ kubectl get node worker-3 -o yaml")
    assert json.loads("\n".join(said[1:second]))["metadata"]["name"] == "worker-3"
    assert yaml.safe_load("\n".join(said[second + 1 :]))["metadata"]["name"] == "worker-3"


def test_what_is_real_and_not_simulated_is_said_and_the_rest_is_played(tmp_path):
    text = "kubectl create token default\nkubectl get pods -o json | jq .\nkubectl get ns default -o name"

    ended = run(a_script(tmp_path, text))

    assert ended.returncode == 0
    said = [line for line in ended.stdout.splitlines() if not line.startswith("$")]
    assert said[0] == "kubectl create token: real, not simulated here"
    assert said[1].startswith("| jq: real, not simulated here")
    assert said[2:] == ["namespace/default"]


def test_the_story_is_told_when_asked_for(tmp_path):
    script = a_script(tmp_path, "power-off worker-3\nwait 60s")

    plain, told = run(script), run(script, "--story")

    assert "switched off" not in plain.stdout
    assert "  00:00:00  worker-3 was switched off" in told.stdout
    assert "it is marked NotReady" in told.stdout


def test_a_seed_gives_other_names_and_the_same_seed_the_same(tmp_path):
    script = a_script(tmp_path, "kubectl get pods -o name")

    one, same, other = (run(script, "--seed", seed).stdout for seed in ("1", "1", "2"))

    assert one == same
    assert one != other


def test_a_line_may_go_on_on_the_next():
    said = played("kubectl create deployment extra \\\n  --image=nginx \\\n  --replicas=2")

    assert said == [
        "$ kubectl create deployment extra --image=nginx --replicas=2",
        "deployment.apps/extra created",
    ]


def test_a_rate_may_stand_before_or_behind_its_route():
    both = [read(f"load {words}").statements[0] for words in ("9 shop.local/", "shop.local/ 9/s")]

    assert [each.verb for each in both] == ["load", "load"]


def test_a_played_script_is_a_script_again():
    said = played("kubectl apply -f - <<EOF\n" + MANIFEST.strip() + "\nEOF\nwait 1s")

    assert played("\n".join(said)) == said


def test_what_stands_behind_a_golden_script_is_not_read_as_commands():
    script = read("$ kubectl get nodes\nNAME STATUS\nfrobnicate\n$ wait 1s")

    assert [each.verb for each in script.statements] == ["kubectl", "wait"]


def test_a_watch_ends_by_itself_in_a_script():
    said = played("kubectl get pods -w -l app=pay\nwait 1s")

    assert said[-2:] == ["^C", "$ wait 1s"]


def test_a_mistake_knows_its_line():
    with pytest.raises(Mistake) as caught:
        read("wait 1s\nfly")

    assert caught.value.line == 2


def test_load_that_no_rule_leads_anywhere_is_told(tmp_path):
    script = a_script(
        tmp_path, "# story: route\nload 5/s http://nope.local/\nload 5/s http://shop.local/"
    )

    ended = run(script)

    told = [line.strip() for line in ended.stdout.splitlines() if "No Ingress" in line]
    assert told == [
        "00:00:00  No Ingress has a rule for nope.local/: requests there are answered with 404"
    ]
