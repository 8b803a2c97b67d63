"""When probes find out: pure arithmetic on the grid of a probe's period.

Nothing is ticked. Given when a program begins to answer, these say at which probe the kubelet
will have noticed, with thresholds and initial delay.
"""

from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube.images import Behaviour
from simulation.kube.objects.pod import Container, Probe

PROBE_TIME: Duration = 15
"""From sending a probe to having its answer."""


def first_probe(probe: Probe, started: Instant) -> Instant:
    """Return when a container is probed for the first time."""
    return started + probe.initial_delay_seconds * SECOND


def noticed_at(probe: Probe, started: Instant, since: Instant, threshold: int) -> Instant:
    """Return when `threshold` probes in a row have found what is so since an instant."""
    period = max(probe.period_seconds, 1) * SECOND
    first = first_probe(probe, started)
    missed = max(0, -(-(since - first) // period))
    return first + (missed + max(threshold, 1) - 1) * period + PROBE_TIME


def ready_at(probe: Probe | None, started: Instant, serves_from: Instant) -> Instant:
    """Return when a container counts as ready; without a probe as soon as it runs."""
    if probe is None:
        return started
    return noticed_at(probe, started, serves_from, probe.success_threshold)


def gives_up_at(probe: Probe, started: Instant, serves_from: Instant) -> Instant | None:
    """Return when a liveness or startup probe has failed too often, if it comes to that."""
    fails = noticed_at(probe, started, started, probe.failure_threshold)
    return fails if fails < serves_from else None


def can_answer(container: Container, probe: Probe, behaviour: Behaviour) -> bool:
    """Tell whether the program listens where the probe asks."""
    if probe.http_get is None or not behaviour.ports:
        return True
    return probe_port(container, probe) in behaviour.ports


def probe_port(container: Container, probe: Probe) -> int:
    """Return the number of the port that an HTTP probe asks; 0 if its name is unknown."""
    assert probe.http_get is not None, f"{container.name} has no HTTP probe"
    wanted = probe.http_get.port
    if isinstance(wanted, int):
        return wanted
    if wanted.isdigit():
        return int(wanted)
    return next((port.container_port for port in container.ports if port.name == wanted), 0)


def refusal(kind: str, container: Container, probe: Probe, ip: str) -> str:
    """Return the message of event Unhealthy for a port on which nobody listens."""
    if probe.http_get is None:
        return f"{kind} probe failed: "
    port = probe_port(container, probe)
    scheme = (probe.http_get.scheme or "HTTP").lower()
    path = probe.http_get.path or "/"
    return (
        f'{kind} probe failed: Get "{scheme}://{ip}:{port}{path}": '
        f"dial tcp {ip}:{port}: connect: connection refused"
    )
