"""The rules of the Raft paper and of etcd, one sentence each."""

import pytest

from simulation.raft.messages import NOBODY, Entry, Kind, Membership, Message
from simulation.raft.progress import Pace
from simulation.raft.roles import Role, Rules
from tests.simulation.raft.builders import PLAIN, Net, a_member, a_net, said, terms

ETCD = Rules()


# --- §5.1, §5.2: terms and elections


def test_a_member_begins_as_a_follower_of_nobody():
    member = a_member()

    assert (member.role, member.leader, member.term) == (Role.FOLLOWER, NOBODY, 0)


def test_a_vote_is_cast_once_a_term():
    member = a_member(term=1)

    member.step(Message(Kind.VOTE, "b", "a", 2))
    member.step(Message(Kind.VOTE, "c", "a", 2))
    member.step(Message(Kind.VOTE, "b", "a", 2))

    granted = [(vote.to, not vote.reject) for vote in said(member, Kind.VOTE_REPLY)]
    assert granted == [("b", True), ("c", False), ("b", True)]


def test_who_follows_a_leader_votes_for_nobody_else_in_its_term():
    member = a_member(rules=PLAIN, term=1)

    member.step(Message(Kind.HEARTBEAT, "b", "a", 2))
    member.step(Message(Kind.VOTE, "c", "a", 2))

    assert (member.leader, member.vote) == ("b", NOBODY)
    assert [vote.reject for vote in said(member, Kind.VOTE_REPLY)] == [True]


@pytest.mark.parametrize(("kind", "term", "elapsed"), [(Kind.VOTE, 1, 0), (Kind.PRE_VOTE, 2, 3)])
def test_who_grants_a_vote_waits_for_its_timeout_anew(kind, term, elapsed):
    member = a_member(term=1)
    for _ in range(3):
        member.tick()

    member.step(Message(kind, "b", "a", term))

    replies = [*said(member, Kind.VOTE_REPLY), *said(member, Kind.PRE_VOTE_REPLY)]
    assert [reply.reject for reply in replies] == [False]
    assert member.election_elapsed == elapsed


@pytest.mark.parametrize(("ticks", "hears"), [(-1, False), (0, True)])
def test_a_candidate_is_heard_once_the_leader_was_silent_for_a_timeout(ticks, hears):
    member = a_member(rules=ETCD, term=1)
    member.step(Message(Kind.HEARTBEAT, "b", "a", 1))
    member.election_elapsed = ETCD.election_ticks + ticks

    member.step(Message(Kind.VOTE, "c", "a", 2))

    assert bool(said(member, Kind.VOTE_REPLY)) is hears


def test_a_vote_survives_a_loss_of_power():
    member = a_member(term=1)
    member.step(Message(Kind.VOTE, "b", "a", 2))

    member.restart()
    member.step(Message(Kind.VOTE, "c", "a", 2))

    assert [vote.reject for vote in said(member, Kind.VOTE_REPLY)] == [True]


def test_a_second_vote_of_the_same_voter_counts_nothing():
    member = a_member(members="abcde")
    member.campaign()

    for _ in range(3):
        member.step(Message(Kind.VOTE_REPLY, "b", "a", 1))

    assert member.role is Role.CANDIDATE


def test_two_candidates_of_the_same_instant_may_both_fail_and_one_tries_again():
    net = a_net("abcd")

    net.members["a"].campaign()
    net.members["b"].campaign()
    net.cuts = [("a", "d"), ("b", "c")]
    net.settle()
    split = [net.members[name].role for name in "ab"]
    net.heal()
    net.members["a"].campaign()
    net.settle()

    assert split == [Role.CANDIDATE, Role.CANDIDATE]
    assert (net.members["a"].role, net.members["a"].term) == (Role.LEADER, 2)


def test_with_an_even_split_nobody_leads_on_either_side():
    net = a_net("abcd", ETCD)
    net.cuts = [(a, b) for a in "ab" for b in "cd"] + [(a, b) for a in "cd" for b in "ab"]

    net.tick(times=200)

    assert Role.LEADER not in [member.role for member in net.members.values()]


def test_the_timer_lasts_between_one_and_two_election_timeouts_and_is_drawn_anew():
    member = a_member()
    drawn = []

    for term in range(300):
        member.become_follower(term, NOBODY)
        drawn.append(member.randomized_timeout)

    assert {*drawn} == {*range(10, 20)}


def test_nobody_leads_without_having_asked():
    with pytest.raises(AssertionError, match=r"invalid transition \[follower -> leader\]"):
        a_member().become_leader()


# --- §5.3: replication


def test_a_leader_opens_its_term_with_an_empty_entry():
    net = a_net()

    leader = net.elect("a")

    assert leader.log.entries == [Entry(1, 1, None)]


def test_a_value_is_applied_by_all_once_a_majority_holds_it():
    net = a_net()
    net.elect("a")

    net.propose("b", "through a follower")

    assert all(net.applied[name][-1] == Entry(2, 1, "through a follower") for name in "abc")


def test_without_a_leader_a_proposal_is_dropped():
    member = a_member()

    assert not member.propose("lost")
    assert member.ready().messages == ()


def test_what_a_leader_in_the_minority_appended_is_overwritten():
    net = a_net("abc")
    net.elect("a")
    net.isolate("a")
    net.propose("a", "never committed")

    net.elect("b")
    net.heal()
    net.propose("b", "committed")
    net.tick("b", times=2)

    assert terms(net.members["a"]) == terms(net.members["b"]) == [1, 2, 2]
    assert "never committed" not in [entry.data for entry in net.applied["a"]]


def test_an_append_that_does_not_join_on_is_refused_with_a_hint():
    member = a_member(term=3, log_terms=[1, 2, 2])

    member.step(Message(Kind.APPEND, "b", "a", 3, index=3, log_term=3))

    (reply,) = said(member, Kind.APPEND_REPLY)
    assert (reply.reject, reply.hint, reply.log_term) == (True, 3, 2)
    assert terms(member) == [1, 2, 2]


def test_an_append_that_comes_twice_drops_nothing_that_came_after_it():
    member = a_member(term=1, log_terms=[1])
    first = Message(Kind.APPEND, "b", "a", 1, index=1, log_term=1, entries=(Entry(2, 1),))
    second = Message(Kind.APPEND, "b", "a", 1, index=2, log_term=1, entries=(Entry(3, 1),))

    for append in (first, second, first):
        member.step(append)

    assert terms(member) == [1, 1, 1]


def test_an_append_of_an_earlier_term_changes_nothing_and_is_told_the_new_term():
    member = a_member(term=3, log_terms=[1], rules=ETCD)

    member.step(Message(Kind.APPEND, "b", "a", 2, index=0, entries=(Entry(1, 2),), commit=1))

    (reply,) = said(member, Kind.APPEND_REPLY)
    assert (reply.term, terms(member), member.log.committed) == (3, [1], 0)


def test_back_tracking_skips_a_whole_term_with_each_refusal():
    leader = a_member("a", "ab", 6, [1, 1] + [5] * 90)
    follower = a_member("b", "ab", 5, [1, 1] + [2] * 90)
    net = Net(leader, follower)

    net.elect("a")

    refused = [m for m in net.said if m.kind is Kind.APPEND_REPLY and m.reject]
    assert terms(follower) == terms(leader)
    assert len(refused) <= 2


def test_a_commit_index_reaches_no_further_than_what_the_leader_vouched_for():
    member = a_member(term=2, log_terms=[1, 1, 1])

    member.step(Message(Kind.APPEND, "b", "a", 2, index=1, log_term=1, commit=3))

    assert member.log.committed == 1


def test_an_acknowledgement_covers_only_what_was_compared():
    member = a_member(term=2, log_terms=[1, 1, 1])

    member.step(Message(Kind.APPEND, "b", "a", 2, index=1, log_term=1))

    assert [reply.index for reply in said(member, Kind.APPEND_REPLY)] == [1]


def test_a_heartbeat_commits_nothing_that_the_follower_may_not_hold():
    net = a_net()
    leader = net.elect("a")
    net.isolate("c")
    net.propose("a", "x")

    net.heal()
    leader.progress["c"].recent_active = True
    leader.beat()

    beats = {beat.to: beat.commit for beat in said(leader, Kind.HEARTBEAT)}
    assert beats == {"b": 2, "c": 1}


# --- §5.4: safety


def test_a_candidate_with_an_older_log_gets_no_vote():
    member = a_member(term=2, log_terms=[1, 2])

    member.step(Message(Kind.VOTE, "b", "a", 3, index=9, log_term=1))

    assert [vote.reject for vote in said(member, Kind.VOTE_REPLY)] == [True]


def test_a_longer_log_of_an_earlier_term_is_older_than_a_shorter_of_a_later_one():
    member = a_member(term=3, log_terms=[1, 3])

    member.step(Message(Kind.VOTE, "b", "a", 4, index=5, log_term=2))
    member.step(Message(Kind.VOTE, "c", "a", 4, index=2, log_term=3))

    assert [(vote.to, vote.reject) for vote in said(member, Kind.VOTE_REPLY)] == [
        ("b", True),
        ("c", False),
    ]


def test_figure_8_an_entry_of_an_earlier_term_is_not_committed_by_counting():
    # (c) of the figure: S1 leads term 4 and has brought its entry of term 2 to a majority.
    s1 = a_member("1", "12345", 3, [1, 2], commit=1)
    s2 = a_member("2", "12345", 3, [1], commit=1)
    s3 = a_member("3", "12345", 3, [1], commit=1)
    s5 = a_member("5", "12345", 3, [1, 3], commit=1)
    s4 = a_member("4", "12345", 3, [1], commit=1)
    net = Net(s1, s2, s3, s4, s5)
    net.isolate("5")
    s1.become_candidate()
    s1.become_leader()
    held_back = s1.log.entries.pop()
    s1.progress["1"].match = 2

    for name in "23":
        net.members[name].step(
            Message(Kind.APPEND, "1", name, 4, 1, 1, entries=(Entry(2, 2),), commit=1)
        )
        s1.step(Message(Kind.APPEND_REPLY, name, "1", 4, index=2))
    on_a_majority = [terms(member) for member in (s1, s2, s3)]

    assert on_a_majority == [[1, 2]] * 3
    assert s1.log.committed == 1
    # (e) of the figure: with an entry of its own term on a majority all before it is committed.
    s1.log.append([held_back])
    s1.step(Message(Kind.APPEND_REPLY, "2", "1", 4, index=3))
    s1.step(Message(Kind.APPEND_REPLY, "3", "1", 4, index=3))
    s1.progress["1"].match = 3
    s1.step(Message(Kind.APPEND_REPLY, "4", "1", 4, index=3))
    assert s1.log.committed == 3


# --- what etcd adds


def test_a_pre_vote_changes_no_term_and_no_vote():
    member = a_member(rules=ETCD)
    member.campaign()

    assert (member.role, member.term, member.vote) == (Role.PRE_CANDIDATE, 0, NOBODY)


def test_a_member_that_was_away_forces_no_election_when_it_returns():
    net = a_net(rules=ETCD)
    net.elect("a")
    net.isolate("c")
    net.tick(times=100)

    net.heal()
    net.tick(times=30)

    assert {member.term for member in net.members.values()} == {1}
    assert net.members["c"].leader == "a"


def test_who_heard_its_leader_lately_hears_no_candidate():
    net = a_net(rules=Rules(pre_vote=False))
    net.elect("a")

    net.members["b"].campaign()
    net.settle()

    assert net.members["a"].role is Role.LEADER
    assert net.members["c"].term == 1


def test_a_leader_that_hears_no_majority_steps_down_within_two_timeouts():
    net = a_net(rules=ETCD)
    net.elect("a")
    net.isolate("a")

    net.tick("a", times=20)

    assert net.members["a"].role is Role.FOLLOWER
    assert net.members["a"].term == 1


def test_an_office_is_handed_over_without_waiting_for_a_timeout():
    net = a_net(rules=ETCD)
    net.elect("a")

    net.members["a"].transfer("c")
    net.settle()

    assert net.members["c"].role is Role.LEADER
    assert net.members["a"].leader == "c"


def test_a_hand_over_to_somebody_silent_is_given_up():
    net = a_net(rules=ETCD)
    leader = net.elect("a")
    net.isolate("c")
    leader.transfer("c")
    refused_meanwhile = leader.propose("x")

    net.tick(times=10)

    assert not refused_meanwhile
    assert leader.propose("y")


def test_a_follower_that_lags_behind_what_is_kept_gets_a_snapshot():
    net = a_net()
    leader = net.elect("a")
    net.isolate("c")
    for number in range(10):
        net.propose("a", number)
    leader.compact(8)

    net.heal()
    net.tick(times=3)

    assert net.members["c"].log.snapshot_index == 11
    assert net.members["c"].log.committed == leader.log.committed
    assert leader.progress["c"].pace is Pace.REPLICATE


def test_no_more_appends_are_in_flight_than_the_window_holds(monkeypatch):
    monkeypatch.setattr("simulation.raft.progress.INFLIGHT_APPENDS_MAX", 3)
    net = a_net()
    leader = net.elect("a")

    for number in range(10):
        leader.propose(number)
    sent = [message for message in said(leader, Kind.APPEND) if message.to == "b"]
    net.settle()

    assert len(sent) == 3
    assert net.members["b"].log.committed == 11


def test_a_learner_gets_everything_and_decides_nothing():
    members = [a_member(name, "ab", rules=PLAIN, learners="c") for name in "abc"]
    net = Net(*members)
    net.elect("a")
    net.isolate("b")

    net.propose("a", "x")
    members[2].campaign()

    assert terms(members[2]) == [1, 1]
    assert members[0].log.committed == 1
    assert members[2].role is Role.FOLLOWER


def test_members_change_through_a_joint_majority():
    net = a_net("abcd")
    leader = net.elect("a")

    leader.propose_membership(Membership(("a", "b", "c")))
    net.settle()

    assert [entry.change.outgoing for entry in leader.log.entries if entry.change] == [
        ("a", "b", "c", "d"),
        (),
    ]
    assert leader.membership == Membership(("a", "b", "c"))


def test_a_second_change_of_members_waits_for_the_first():
    net = a_net("abcd")
    leader = net.elect("a")

    assert leader.propose_membership(Membership(("a", "b", "c")))
    assert not leader.propose_membership(Membership(("a", "b")))


def test_in_a_joint_membership_neither_half_decides_alone():
    leader = a_member("a", "abc", 1, rules=PLAIN)
    leader.membership = Membership(("a", "b", "c"), ("a", "d", "e"))
    leader.become_candidate()
    leader.become_leader()

    leader.step(Message(Kind.APPEND_REPLY, "b", "a", 2, index=1))
    by_new_half = leader.log.committed
    leader.step(Message(Kind.APPEND_REPLY, "d", "a", 2, index=1))

    assert (by_new_half, leader.log.committed) == (0, 1)


def test_a_leader_that_removes_itself_leads_until_the_change_is_committed():
    net = a_net("abc", ETCD)
    leader = net.elect("a")

    leader.propose_membership(Membership(("b", "c")))
    net.settle()
    net.tick(times=40)

    assert leader.role is Role.FOLLOWER
    assert sorted(net.members[name].role.value for name in "bc") == ["follower", "leader"]
    assert net.members["b"].membership == Membership(("b", "c"))


def test_a_learner_that_was_made_a_voter_counts():
    members = [a_member(name, "a", rules=PLAIN, learners="b") for name in "ab"]
    net = Net(*members)
    net.elect("a")

    members[0].propose_membership(Membership(("a", "b")))
    net.settle()
    net.isolate("b")
    net.propose("a", "held by one of two")

    assert members[0].membership == Membership(("a", "b"))
    assert members[0].log.committed == members[0].log.last_index - 1


def test_who_was_removed_tells_the_others_that_the_change_is_committed():
    # Old b and c, new a and c: b led, committed its own removal, and only b knows it.
    joint = Membership(("a", "c"), ("b", "c"))
    final = Membership(("a", "c"))
    members = [a_member(name, "ac", 3, [1, 2], commit=1, rules=ETCD) for name in "abc"]
    for member in members:
        member.membership = joint
        member.log.entries[1] = Entry(2, 2, None, final)
    removed = members[1]
    removed.log.append([Entry(3, 3, "never committed")])
    removed.log.commit_to(2)
    removed.ready()
    net = Net(*members)

    net.tick(times=60)

    assert removed.membership == final
    assert sorted(m.role.value for m in members if m is not removed) == ["follower", "leader"]
    assert members[0].membership == members[2].membership == final


def test_a_commit_told_by_a_stranger_counts_only_where_the_logs_meet():
    member = a_member(term=3, log_terms=[1, 2], commit=1, rules=ETCD)

    member.step(Message(Kind.VOTE, "b", "a", 3, index=1, log_term=1, commit=2, commit_term=1))
    unmoved = member.log.committed
    member.step(Message(Kind.VOTE, "b", "a", 3, index=1, log_term=1, commit=2, commit_term=2))

    assert (unmoved, member.log.committed) == (1, 2)


def test_a_joint_membership_is_left_even_if_a_hand_over_stood_in_the_way():
    net = a_net("abc", ETCD)
    leader = net.elect("a")
    leader.propose_membership(Membership(("a", "b")))
    net.isolate("c")
    leader.transfer("c")
    net.settle()
    stuck = leader.membership.outgoing

    net.tick("a", "b", times=15)

    assert stuck == ("a", "b", "c")
    assert leader.membership == Membership(("a", "b"))
