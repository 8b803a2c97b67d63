"""Help: kubectl's overview, the pages of its commands, and lines that are worth trying."""

import pytest

from simulation.kernel.units import SECOND
from simulation.kubectl.help_words import DOES, GROUPED, TRY
from simulation.kubectl.helping import ABSENT, page_of
from simulation.kubectl.verbs import VERBS
from tests.simulation.kubectl.terminals import a_lab, typed

BEFORE = {
    "rollout resume": "rollout pause deployment/web",
    "rollout undo": "set image deployment/web web=shop.local/web:1.5",
}
"""What has to be done first."""
EVERY_LINE = [(verb, line) for verb, tries in TRY.items() for _, line in tries if verb != "edit"]


@pytest.mark.parametrize("line", ["kubectl", "kubectl --help", "kubectl help", "k -h"])
def test_kubectl_alone_prints_its_overview(line):
    shown = typed(a_lab(), line)

    assert shown.status == 0
    assert shown.text.startswith(
        "kubectl controls the Kubernetes cluster manager.\n\n"
        " Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n"
        "Basic Commands (Beginner):\n"
        "  create          Create a resource from a file or from stdin\n"
    )
    assert (
        "\nReal, not simulated here: alpha, attach, certificate, completion, cp, debug, kustomize, "
        "port-forward, proxy\n" in shown.text
    )


def test_the_overview_has_every_command_once():
    listed = [name for _, names in GROUPED for name in names.split()]

    assert sorted([*listed, "options"]) == sorted({each.split()[0] for each in VERBS} - {*ABSENT})


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_page_begins_with_what_the_command_does(verb):
    shown = typed(a_lab(), f"kubectl {verb} --help")

    assert shown.status == 0
    assert shown.stdout.startswith(f"{DOES[verb]}.\n\n")
    assert f"\nUsage:\n  kubectl {verb} " in shown.stdout
    assert "\n\n\n" not in shown.stdout


def test_a_group_shows_lines_of_its_commands_and_lists_them_as_kubectl_does():
    page = page_of("rollout")

    assert "\n  # List the revisions of web\n  kubectl rollout history deployment/web\n" in page
    assert (
        "\nAvailable Commands:\n  history       View rollout history\n"
        "  pause         Mark the provided resource as paused\n" in page
    )


@pytest.mark.parametrize(("verb", "line"), EVERY_LINE)
def test_every_example_works_here(verb, line):
    lab = a_lab()
    if verb in BEFORE:
        typed(lab, f"kubectl {BEFORE[verb]}")
        lab.advance(lab.now + SECOND)

    came = typed(lab, f"kubectl {line}")

    changed = verb == "diff"  # Its status says that there is a difference.
    assert came.status == int(changed), came.text
    assert "not simulated here" not in came.text


def test_every_command_that_is_simulated_has_an_example():
    without = {verb for verb in VERBS if "Examples:" not in page_of(verb)}

    assert without == {
        *(each for each in ABSENT if each in VERBS),
        "config set-context",
        "config use-context",
        "plugin",
        "plugin list",
    }
