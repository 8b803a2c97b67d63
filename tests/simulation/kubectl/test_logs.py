"""The logs of containers are what their programs print, where that is known."""

import pytest

from simulation.kernel.units import SECOND
from tests.simulation.kubectl.terminals import a_lab, typed


@pytest.mark.parametrize(
    ("command", "log"),
    [
        ("--image=busybox --restart=Never -- sh -c 'echo hello'", "hello\n"),
        ("--image=busybox --restart=Never -- sleep 100", ""),
        (
            "--image=busybox -- sh -c 'echo on; while true; do echo tick; sleep 3; done'",
            "on\ntick\ntick\ntick\ntick\n",
        ),
    ],
)
def test_a_log_is_just_what_a_shell_command_prints(command: str, log: str) -> None:
    lab = a_lab()
    typed(lab, f"kubectl run said {command}")

    lab.advance(lab.now + 10 * SECOND)

    assert typed(lab, "kubectl logs said").stdout == log


def test_a_log_of_another_program_says_what_the_lab_knows() -> None:
    said = typed(a_lab(), "kubectl logs deploy/cart").stdout

    assert "starting cart (shop.local/cart:1.4)" in said
    assert said.splitlines()[1].endswith("listening on :8080")
