"""What programs do by their arguments, and what a cluster makes of it."""

import pytest

from simulation.kernel.dice import Dice
from simulation.kernel.units import MIB, SECOND
from simulation.kube.images import behaviour_of
from simulation.kube.programs import OVERHEAD
from tests.simulation.kubectl.terminals import a_lab, typed

EXAMPLES = "https://k8s.io/examples/pods"
AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.40"


@pytest.mark.parametrize(
    ("image", "command", "args", "memory", "cpu", "exits_after"),
    [
        ("polinux/stress", "stress", "--vm 1 --vm-bytes 250M --vm-hang 1", 250, 0, None),
        ("polinux/stress", "", "stress --vm=2 --vm-bytes=50m", 100, 2_000, None),
        ("polinux/stress", "/usr/bin/stress", "-m 1 -c 3 -t 1m", 256, 4_000, 60_000),
        ("polinux/stress", "", "", None, 0, 200),
        ("polinux/stress", "stress", "--vm x --vm-bytes 99999999999999999999G", None, 0, 200),
        ("vish/stress", "", "-cpus 2", 0, 2_000, None),
        ("vish/stress", "", "-mem-total 150Mi -mem-alloc-size 10Mi", 150, 0, None),
        ("vish/stress", "", "-mem-total much", 0, 0, None),
    ],
)  # fmt: skip
def test_stress_takes_what_its_arguments_say(image, command, args, memory, cpu, exits_after):
    found = behaviour_of(image, tuple(command.split()), tuple(args.split()), Dice(1))

    wanted = 0 if memory is None else OVERHEAD + memory * MIB
    assert (found.memory, found.cpu, found.exits_after) == (wanted, cpu, exits_after)
    assert found.ports == ()


@pytest.mark.parametrize(
    ("args", "ports", "fails_after"),
    [
        ("", (), None),
        ("pause", (), None),
        ("liveness", (8080,), 10 * SECOND),
        ("netexec --http-port=8090", (8090,), None),
        ("serve-hostname", (9376,), None),
        ("porter", None, None),
    ],
)
def test_agnhost_serves_as_its_first_argument_says(args, ports, fails_after):
    found = behaviour_of(AGNHOST, (), tuple(args.split()), Dice(1))

    assert (found.ports, found.fails_after) == (ports, fails_after)


def test_a_program_that_takes_more_than_its_limit_is_killed_again_and_again():
    lab = a_lab()
    typed(lab, "kubectl create namespace mem-example")
    for name in ("memory-request-limit", "memory-request-limit-2"):
        typed(lab, f"kubectl apply -f {EXAMPLES}/resource/{name}.yaml")
    lab.advance(lab.now + 60 * SECOND)

    last = "{.status.containerStatuses[0].lastState.terminated"
    kept = typed(lab, "kubectl top pod memory-demo -n mem-example").stdout
    status = typed(
        lab,
        f"kubectl get pod memory-demo-2 -n mem-example -o jsonpath={last}.exitCode}}/{last}.reason}}",
    )
    shown = typed(lab, "kubectl get pod memory-demo-2 -n mem-example").stdout

    assert "151Mi" in kept
    assert status.stdout == "137/OOMKilled"
    assert "CrashLoopBackOff" in shown


def test_a_program_gets_no_more_cpu_than_its_limit():
    lab = a_lab()
    typed(lab, "kubectl create namespace cpu-example")
    typed(lab, f"kubectl apply -f {EXAMPLES}/resource/cpu-request-limit.yaml")
    lab.advance(lab.now + 20 * SECOND)

    assert "1000m" in typed(lab, "kubectl top pod -n cpu-example").stdout


@pytest.mark.parametrize(
    ("name", "pod", "said"),
    [
        ("http-liveness", "liveness-http", "Liveness probe failed: HTTP probe failed with statuscode: 500"),
        ("exec-liveness", "liveness-exec",
         "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory"),
    ],
)  # fmt: skip
def test_the_liveness_exercises_of_the_documentation_restart_their_pods(name, pod, said):
    lab = a_lab()
    typed(lab, f"kubectl apply -f {EXAMPLES}/probe/{name}.yaml")
    lab.advance(lab.now + 200 * SECOND)

    restarts = typed(
        lab, f"kubectl get pod {pod} -o jsonpath={{.status.containerStatuses[0].restartCount}}"
    )
    events = typed(lab, f"kubectl describe pod {pod}").stdout

    assert int(restarts.stdout) >= 2
    assert said in events
    assert "Container liveness failed liveness probe, will be restarted" in events


def test_a_program_that_fails_tells_so_to_whoever_asks():
    lab = a_lab()
    typed(lab, f"kubectl run sick --image={AGNHOST} -- liveness")
    lab.advance(lab.now + 8 * SECOND)
    well = typed(lab, "kubectl exec sick -- curl -i localhost:8080/healthz").stdout
    lab.advance(lab.now + 10 * SECOND)
    sick = typed(lab, "kubectl exec sick -- curl -i localhost:8080/healthz").stdout

    assert well.startswith("HTTP/1.1 200 OK")
    assert sick.startswith("HTTP/1.1 500 Internal Server Error")
