"""The consensus in the world: messages, silence, power and cables."""

from tests.simulation.kube.worlds import SmallWorld

SECOND = 1_000


def applied(world: SmallWorld, name: str) -> list[object]:
    return [data for member, _, _, data, _ in world.applied if member == name and data is not None]


def test_a_group_at_rest_has_no_events():
    world = SmallWorld()
    world.pass_time(SECOND)
    before = world.events

    world.pass_time(3_600 * SECOND)

    assert world.events == before
    assert world.consensus.is_silent()


def test_without_a_leader_at_birth_one_is_elected_within_two_seconds():
    world = SmallWorld(leader="")

    world.pass_time(2 * SECOND)

    assert world.consensus.leader() in world.names
    assert world.consensus.is_silent()


def test_a_proposal_is_applied_by_all_within_milliseconds():
    world = SmallWorld()
    world.pass_time(SECOND)

    world.propose("cp-2", "value")
    world.pass_time(10)

    assert [applied(world, name) for name in world.names] == [["value"]] * 3


def test_the_election_timer_of_a_follower_at_rest_is_set_back_by_every_beat():
    world = SmallWorld()
    world.pass_time(10 * SECOND)

    timer = world.consensus.rows(world.now)["cp-2"]["timer"]

    assert 0 <= world.now - timer["from"] <= 100
    assert 1_000 <= timer["timeout"] <= 1_900
    assert world.consensus.rows(world.now)["cp-1"]["timer"] is None


def test_a_dead_leader_is_replaced_within_one_timeout_and_a_round():
    world = SmallWorld()
    world.pass_time(10 * SECOND)

    world.switch("cp-1")
    world.pass_time(2 * SECOND)

    assert world.consensus.leader() in ("cp-2", "cp-3")
    assert world.consensus.rows(world.now)["cp-1"]["role"] == "down"


def test_an_isolated_leader_steps_down_and_keeps_its_term():
    world = SmallWorld()
    world.pass_time(10 * SECOND)

    world.isolate("cp-1")
    still_in_its_own_eyes = world.consensus.rows(world.now)["cp-1"]["role"]
    world.pass_time(2 * SECOND + 100)

    row = world.consensus.rows(world.now)["cp-1"]
    assert still_in_its_own_eyes == "leader"
    assert (row["role"], row["term"]) != ("leader", 2)
    assert row["term"] == 1
    assert world.consensus.leader() in ("cp-2", "cp-3")


def test_without_a_majority_nothing_is_applied_and_it_goes_on_when_one_returns():
    world = SmallWorld()
    world.pass_time(SECOND)
    world.switch("cp-2")
    world.switch("cp-3")

    world.propose("cp-1", "may be applied later")
    world.pass_time(5 * SECOND)
    stuck = applied(world, "cp-1")
    world.switch("cp-2")
    world.pass_time(5 * SECOND)

    assert stuck == []
    assert applied(world, "cp-1") == applied(world, "cp-2") == ["may be applied later"]


def test_a_member_that_nobody_hears_keeps_nobody_awake():
    world = SmallWorld()
    world.isolate("cp-3")
    world.pass_time(5 * SECOND)

    assert world.consensus.is_silent()
    assert world.consensus.rows(world.now)["cp-3"]["role"] == "pre-candidate"


def test_a_quorum_is_in_view_only_where_a_leader_and_a_majority_are_reached():
    world = SmallWorld()
    world.pass_time(SECOND)

    world.isolate("cp-3")

    views = {name: world.consensus.has_quorum_view(name) for name in world.names}
    assert views == {"cp-1": True, "cp-2": True, "cp-3": False}


def test_a_member_that_was_long_away_returns_by_a_snapshot():
    world = SmallWorld(kept=5)
    world.pass_time(SECOND)
    world.switch("cp-3")
    for number in range(30):
        world.propose("cp-1", number)
        world.pass_time(20)

    world.switch("cp-3")
    world.pass_time(SECOND)

    assert [member for member, *_ in world.restored] == ["cp-3"]
    rows = world.consensus.rows(world.now)
    assert rows["cp-3"]["commit"] == rows["cp-1"]["commit"]


def test_a_snapshot_whose_answer_is_lost_does_not_leave_a_member_behind():
    world = SmallWorld(kept=5)
    world.pass_time(SECOND)
    world.switch("cp-3")
    for number in range(30):
        world.propose("cp-1", number)
        world.pass_time(20)
    world.switch("cp-3")

    while not world.restored:
        world.pass_time(1)
    world.cut("cp-3", "cp-1")
    world.pass_time(50)
    world.heal()
    world.pass_time(SECOND)
    world.propose("cp-1", "after")
    world.pass_time(SECOND)

    assert applied(world, "cp-3")[-1] == "after"


def test_messages_for_the_picture_say_when_they_left_and_when_they_arrive():
    world = SmallWorld()
    world.pass_time(SECOND)
    world.propose("cp-1", "value")
    world.pass_time(10)

    messages = world.consensus.messages_since(0)

    assert [kind for _, _, _, kind, _, _ in messages][:3] == [
        "append",
        "append",
        "append-reply",
    ]
    assert all(sent < arrives for *_, sent, arrives in messages)
    assert world.consensus.messages_since(messages[-1][0]) == []


def test_a_single_member_needs_nobody():
    world = SmallWorld(size=1)

    world.propose("cp-1", "value")
    world.pass_time(SECOND)

    assert applied(world, "cp-1") == ["value"]
    assert world.consensus.is_silent()
