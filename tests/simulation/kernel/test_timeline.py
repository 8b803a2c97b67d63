"""The order of what has yet to happen depends on what it is, never on who asked first."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from simulation.kernel.timeline import Event, Phase, Timeline

EVENTS = (
    Event(5, Phase.CONSENSUS, "cp-1", "tick"),
    Event(5, Phase.CONSENSUS, "cp-2", "tick"),
    Event(5, Phase.CLIENT, "a", "visit", (1,)),
    Event(5, Phase.CLIENT, "a", "visit", (2,)),
    Event(9, Phase.REALITY, "", "power"),
)


def drained(timeline: Timeline) -> list[Event]:
    return [timeline.pop() for _ in range(len(timeline))]


def test_earlier_comes_first_then_phase_subject_purpose_and_data():
    for order in permutations(EVENTS):
        timeline = Timeline()
        for event in order:
            timeline.at(event.due, event.purpose, event.subject, event.data, event.phase)

        assert tuple(drained(timeline)) == EVENTS


def test_reality_happens_before_anybody_can_react_to_it():
    assert list(Phase) == sorted(Phase)
    assert min(Phase) is Phase.REALITY
    assert Phase.CONSENSUS < Phase.API < Phase.WATCH < Phase.CLIENT < Phase.TRAFFIC < Phase.SESSION


def test_an_empty_timeline_is_never_due():
    assert Timeline().next_due() is None
    assert Timeline([EVENTS[-1]]).next_due() == 9


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(Phase), st.sampled_from("abc")), max_size=30
    )
)
def test_a_copy_goes_on_as_the_original_would(dues):
    timeline = Timeline()
    for due, phase, subject in dues:
        timeline.at(due, "x", subject, phase=phase)

    assert drained(Timeline(timeline.events())) == drained(timeline)
