"""How controllers are woken."""

from collections import Counter

from simulation.kernel.units import SECOND
from tests.simulation.kubectl.terminals import a_lab, typed


def test_a_controller_stands_on_the_timeline_once_for_each_instant() -> None:
    # Each visit once left another event behind, for when the deadline of the rollout would be over.
    lab = a_lab()
    typed(lab, "kubectl scale deployment/web --replicas=20")
    lab.advance(lab.now + 30 * SECOND)
    typed(lab, "kubectl set image deployment/web web=shop.local/web:does-not-exist")
    lab.advance(lab.now + 30 * SECOND)

    visits = Counter(
        event.subject for event in lab.world.timeline.events() if event.purpose == "manager/visit"
    )

    assert visits["deployment"] > 0
    assert max(visits.values()) <= 3
