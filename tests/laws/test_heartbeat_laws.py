"""Fast = slow: leases that are worked out give the same belief as ticking every one of them."""

from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.kernel.units import SECOND
from simulation.kube.heartbeats import SEEN_AFTER, Heart, Heartbeats, HeartbeatsState
from simulation.kube.settings import Settings
from simulation.lab import commands
from tests.laws.test_lab_laws import opened

HORIZON = 400 * SECOND


def ticked(begins: int, stops: int, looks_from: int, rules: Settings) -> int:
    """Renew every ten seconds and look every five; return the look that finds the lease too old.

    The controller first meets a node at the look that follows its registration.
    """
    renewals = list(range(begins, stops + 1, rules.lease_renew_interval))
    seen_at = [renewal + SEEN_AFTER for renewal in renewals]
    looks = range(looks_from, looks_from + HORIZON, rules.node_monitor_period)
    met = [look for look in looks if look >= begins]
    probe, known = met[0], 0
    for look in met:
        heard = sum(at <= look for at in seen_at)
        if heard > known:
            known, probe = heard, look
        if look > probe + rules.node_monitor_grace:
            return look
    raise AssertionError("nobody ever noticed")


@settings(max_examples=300, deadline=None)
@given(
    begins=st.integers(0, 30 * SECOND),
    lives=st.integers(0, 90 * SECOND),
    looks_from=st.integers(0, 60 * SECOND),
    grace=st.sampled_from([10 * SECOND, 40 * SECOND, 50 * SECOND]),
)
def test_a_lease_that_runs_out_is_noticed_at_the_same_look(
    begins: int, lives: int, looks_from: int, grace: int
) -> None:
    rules = Settings(node_monitor_grace=grace)
    stops = begins + lives
    last = begins + lives // rules.lease_renew_interval * rules.lease_renew_interval
    looks_from = min(looks_from, stops)
    heart = Heart(renewing=False, since=stops, last=last)
    hearts = Heartbeats(HeartbeatsState({"worker-1": heart}, looks_from))
    world = SimpleNamespace(settings=rules, now=stops)

    computed = hearts.judged_at(world, "worker-1")  # type: ignore[arg-type]

    assert computed == ticked(begins, stops, looks_from, rules)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 5), wait=st.integers(0, 60 * SECOND))
def test_the_moment_of_not_ready_does_not_depend_on_how_time_is_sliced(
    seed: int, wait: int
) -> None:
    moments = []
    for slice_ms in (0, 700):
        lab = opened(seed)
        lab.advance(lab.now + wait)
        lab.submit(commands.parse({"do": "power-off", "node": "worker-2"}), "a", "b")
        end = lab.now + 90 * SECOND
        while slice_ms and lab.now + slice_ms < end:
            lab.advance(lab.now + slice_ms)
        lab.advance(end)
        entries = lab.world.ledger.entries.values()
        moments += [each.at for each in entries if each.reason.key == "node-not-ready"]

    assert len(moments) == 2
    assert moments[0] == moments[1]
