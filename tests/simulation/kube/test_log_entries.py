"""{"ask": "entry"}: a place in etcd's log, opened."""

import pytest

from simulation.kernel.reasons import Refused
from simulation.kernel.units import SECOND
from simulation.lab import commands, queries
from simulation.lab.lab import Lab
from tests.laws.test_lab_laws import opened
from tests.simulation.kubectl.terminals import typed

SCALE = ("kubectl", "scale", "deployment", "web", "--replicas=5")


def submit(lab: Lab, **given: object) -> None:
    lab.submit(commands.parse(given), str(lab.now), "somebody")


def newest(lab: Lab, member: str) -> int:
    return lab.world.consensus.state.seats[member].member.log.last_index


def open_entry(lab: Lab, index: int) -> dict:
    answer = queries.answer(lab, {"ask": "entry", "index": index})
    assert isinstance(answer, dict)
    return answer


def test_an_entry_tells_which_writes_it_holds_and_who_has_it():
    lab = opened(0)
    index = newest(lab, "cp-1") + 1
    submit(lab, do="kubectl", argv=list(SCALE))
    lab.advance(lab.now + SECOND)

    (entry,) = open_entry(lab, index)["entries"]

    assert (entry["holds"], entry["committed"], entry["never"]) == ("writes", True, False)
    assert [each["member"] for each in entry["members"]] == ["cp-1", "cp-2", "cp-3"]
    (write,) = entry["writes"]
    assert (write["kind"], write["key"]) == ("Deployment", "default/web")
    assert (write["by"], write["outcome"]) == ("kubectl", "committed")
    assert lab.world.store.get("Deployment", "default/web") is not None
    assert write["version"] > 0


def test_two_logs_that_disagree_show_both_contents_and_which_of_them_will_never_be():
    lab = opened(0)
    leader = lab.world.consensus.leader()
    submit(lab, do="cut", a=leader)
    index = newest(lab, leader) + 1
    lab.world.consensus.propose(leader, 10_000, lab.now)
    lab.advance(lab.now + 5 * SECOND)

    entries = open_entry(lab, index)["entries"]

    assert [entry["term"] for entry in entries] == [2, 1]
    assert [entry["committed"] for entry in entries] == [True, False]
    assert [entry["never"] for entry in entries] == [False, True]
    assert [entry["holds"] for entry in entries] == ["empty", "forgotten"]
    assert [each["member"] for each in entries[1]["members"]] == [leader]


def test_an_entry_that_all_have_compacted_can_still_be_opened():
    lab = opened(0)
    logs = [seat.member.log for seat in lab.world.consensus.state.seats.values()]
    index = max(log.snapshot_index for log in logs)

    answer = open_entry(lab, index)

    assert answer["compacted"] == ["cp-1", "cp-2", "cp-3"]
    assert answer["entries"][0]["members"] == []
    assert answer["entries"][0]["committed"]


@pytest.mark.parametrize("index", [-1, 0, 10_000_000])
def test_an_entry_that_is_not_there_is_refused_in_words_that_say_which_are(index: int):
    with pytest.raises(Refused) as refused:
        open_entry(opened(0), index)

    assert refused.value.reason.key == "entry-unknown"


def test_versions_of_old_entries_are_forgotten_though_a_member_is_off():
    lab = opened(1)
    submit(lab, do="power-off", node="cp-3")
    for number in range(300):
        typed(lab, f"kubectl label node worker-1 --overwrite n=v{number}")

    kept = len(lab.world.api.state.version_at)
    submit(lab, do="power-on", node="cp-3")
    lab.advance(lab.now + 120 * SECOND)

    assert kept < 250
    servers = lab.world.api.state.servers
    assert servers["cp-3"].seen == servers["cp-1"].seen
