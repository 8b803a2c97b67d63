"""Puts the questions of raft.json to the members of simulation/raft.

One function a kind: what is given goes in, the answer comes out in the form that is expected.
Numbers of nodes become texts, since members are known by name.
"""

from collections.abc import Callable, Iterable
from typing import Any

from simulation.kernel.dice import Dice
from simulation.raft import quorum, replication
from simulation.raft.log import Log
from simulation.raft.member import Member
from simulation.raft.messages import NOBODY, Entry, Kind, Membership, Message
from simulation.raft.roles import Role, Rules
from tests.simulation.raft.scenario import play

Given = dict[str, Any]
Answer = dict[str, Any]

PLAIN = Rules(pre_vote=False, check_quorum=False)
"""The switches that the tables of the paper are written for."""


def a_log(terms: Iterable[int], commit: int = 0) -> Log:
    entries = [Entry(index, term) for index, term in enumerate(terms, 1)]
    return Log(entries=entries, committed=commit)


def a_member(
    size: int = 3,
    term: int = 0,
    log_terms: Iterable[int] = (),
    commit: int = 0,
    id: int = 1,
    rules: Rules = PLAIN,
    seed: int = 0,
) -> Member:
    voters = tuple(str(number) for number in range(1, size + 1))
    member = Member(str(id), Membership(voters), Dice(seed), rules)
    member.log = a_log(log_terms, commit)
    member.become_follower(term, NOBODY)
    return member


def in_role(member: Member, role: str) -> Member:
    """Lead a fresh follower to a role, in the term it has."""
    term = member.term
    if role == "pre_candidate":
        member.become_pre_candidate()
    elif role in ("candidate", "leader"):
        member.become_candidate()
        member.term, member.vote = term, member.id
        if role == "leader":
            member.become_leader()
    return member


def entries_of(given: list[Given]) -> tuple[Entry, ...]:
    return tuple(Entry(entry["index"], entry["term"]) for entry in given)


def terms_of(log: Log) -> list[int]:
    return [entry.term for entry in log.entries]


def number(member: str) -> int | None:
    return int(member) if member else None


def role_of(member: Member) -> str:
    return member.role.value.replace("-", "_")


# --- elections


def election_votes(given: Given) -> Answer:
    member = a_member(given["cluster_size"], id=given["candidate"])
    member.campaign()
    for voter, granted in given["responses"].items():
        member.step(Message(Kind.VOTE_REPLY, voter, member.id, member.term, reject=not granted))
    return {"state": role_of(member), "term": member.term}


def asked_for_a_vote(
    member: Member, sender: Any, term: int, last_index: int, last_term: int
) -> Answer:
    kind = Kind.PRE_VOTE if member.role is Role.PRE_CANDIDATE else Kind.VOTE
    member.step(Message(kind, str(sender), member.id, term, index=last_index, log_term=last_term))
    replies = [message for message in member.outbox if message.to == str(sender)]
    assert len(replies) == 1, f"{len(replies)} answers to one request for a vote"
    return {"granted": not replies[0].reject, "term": member.term}


def vote_once(given: Given) -> Answer:
    member = a_member(term=given["term"])
    member.vote = str(given["already_voted_for"] or "")
    return asked_for_a_vote(member, given["request_from"], given["request_term"], 0, 0)


def vote_up_to_date(given: Given) -> Answer:
    member = a_member(log_terms=given["voter_log_terms"])
    return asked_for_a_vote(
        member,
        2,
        given["request_term"],
        given["candidate_last_index"],
        given["candidate_last_term"],
    )


def vote_request(given: Given) -> Answer:
    member = a_member(term=given["term_of_both"], log_terms=given["voter_log_terms"])
    member.role = Role(given["voter_state"].replace("_", "-"))
    member.vote = str(given["voter_voted_for"] or "")
    return asked_for_a_vote(
        member,
        given["from"],
        given["term_of_both"],
        given["candidate_last_index"],
        given["candidate_last_term"],
    )


def vote_request_contents(given: Given) -> Answer:
    member = a_member(
        len(given["cluster"]), given["term_before"], given["log_terms"], id=given["node"]
    )
    while not member.outbox:
        member.tick()
    first = member.outbox[0]
    return {
        "sent_to": [int(message.to) for message in member.outbox],
        "term": first.term,
        "last_index": first.index,
        "last_term": first.log_term,
    }


def election_timeout_probability(given: Given) -> Answer:
    rounds = 10_000
    member = a_member(rules=Rules(election_ticks=given["election_ticks"]))
    timed_out = 0
    for _ in range(rounds):
        member.draw_timeout()
        timed_out += given["elapsed_ticks"] >= member.randomized_timeout
    if timed_out in (0, rounds):
        return {"probability_timed_out": timed_out / rounds, "rounded_to": None}
    return {"probability_timed_out": round(timed_out / rounds, 1), "rounded_to": 0.1}


def ticks_until_it_stands(member: Member) -> int:
    member.become_follower(member.term + 1, NOBODY)
    ticks = 0
    while not member.outbox:
        member.tick()
        ticks += 1
    member.outbox = []
    return ticks


def election_timeout_range(given: Given) -> Answer:
    member = a_member(rules=Rules(given["election_ticks"], pre_vote=False))
    seen = {ticks_until_it_stands(member) for _ in range(given["rounds"])}
    low, high = min(seen), max(seen)
    assert seen == {*range(low, high + 1)}, f"some timeout between {low} and {high} never occurs"
    return {"every_value_occurs_from": low, "to_inclusive": high}


def election_timeout_conflicts(given: Given) -> Answer:
    key = "max_fraction_of_rounds_with_two_or_more_timeouts"
    size, allowed = given["cluster_size"], 0.3
    rules = Rules(given["election_ticks"], pre_vote=False)
    members = [a_member(size, id=index + 1, rules=rules) for index in range(size)]
    conflicts = 0
    for _ in range(given["rounds"]):
        timeouts = sorted(ticks_until_it_stands(member) for member in members)
        conflicts += timeouts[0] == timeouts[1]
    fraction = conflicts / given["rounds"]
    return {key: allowed if fraction <= allowed else fraction}


def state_transition(given: Given) -> Answer:
    member = in_role(a_member(1, given["term_before"]), given["from"])
    try:
        match given["to"]:
            case "follower":
                member.become_follower(given.get("new_term", member.term), NOBODY)
            case "pre_candidate":
                member.become_pre_candidate()
            case "candidate":
                member.become_candidate()
            case "leader":
                member.become_leader()
    except AssertionError:
        return {"allowed": False}
    return {"allowed": True, "term": member.term, "leader": number(member.leader)}


# --- terms

KINDS = {
    "vote_request": Kind.VOTE,
    "vote": Kind.VOTE,
    "pre_vote_request": Kind.PRE_VOTE,
    "append": Kind.APPEND,
    "heartbeat": Kind.HEARTBEAT,
}


def hear(member: Member, message: Given) -> None:
    member.step(
        Message(
            KINDS[message["type"]],
            str(message.get("from", 2)),
            member.id,
            message["term"],
            index=message.get("last_or_prev_index", 0),
            log_term=message.get("last_or_prev_term", 0),
        )
    )


def message_of_a_term(given: Given) -> Answer:
    member = in_role(a_member(term=given["term"]), given["state"])
    log, outbox = terms_of(member.log), list(member.outbox)
    hear(member, given["message"])
    ignored = terms_of(member.log) == log and member.outbox == outbox
    return {"state": role_of(member), "term": member.term, "ignored": ignored}


def higher_term_stepdown(given: Given) -> Answer:
    below = given["term_before"] == "below 3"
    term = 1 if below else given["term_before"]
    # A leader's log begins with the entry that it appends on taking office.
    length = given["log_length"] - (given["state"] == "leader")
    member = in_role(a_member(term=term, log_terms=[1] * length), given["state"])
    hear(member, given["message"])
    return {
        "state": role_of(member),
        "term": member.term,
        "last_index": member.log.last_index,
        "known_leader": number(member.leader),
    }


# --- logs


def log_up_to_date(given: Given) -> Answer:
    log = a_log(given["local_log_terms"])
    return {"up_to_date": log.is_outdone_by(given["other_last_index"], given["other_last_term"])}


def log_maybe_append(given: Given) -> Answer:
    log = a_log(given["log_terms"], given["commit"])
    try:
        last_new = log.maybe_append(
            given["prev_index"],
            given["prev_term"],
            given["leader_commit"],
            entries_of(given["entries"]),
        )
    except AssertionError as error:
        return {"error": str(error).split("entry", 1)[1].split(" ", 2)[2].split(",")[0]}
    return {
        "accepted": last_new is not None,
        "last_new_index": last_new,
        "commit": log.committed,
        "log_terms": terms_of(log),
    }


def find_conflict(given: Given) -> Answer:
    found = a_log(given["log_terms"]).find_conflict(entries_of(given["entries"]))
    return {"first_new_or_conflicting_index": found}


def log_append(given: Given) -> Answer:
    log = a_log(given["log_terms"])
    last = log.append(entries_of(given["entries"]))
    return {"log_terms": terms_of(log), "last_index": last}


def find_conflict_by_term(given: Given) -> Answer:
    start = given["snapshot_index"]
    entries = [
        Entry(start + offset, term)
        for offset, term in enumerate(given["entries_after_snapshot_terms"], 1)
    ]
    log = Log(entries, start, given["snapshot_term"], start, start)
    index, term = log.find_conflict_by_term(given["index"], given["term"])
    return {"index": index, "term": term}


# --- replication


def the_answer(member: Member) -> Answer:
    reply = member.outbox[-1]
    applied = [entry.index for entry in member.ready().committed]
    return {
        "accepted": not reply.reject,
        "reply_index": reply.index,
        "reject_hint_index": reply.hint,
        "reject_hint_term": reply.log_term,
        "log_terms": terms_of(member.log),
        "last_index": member.log.last_index,
        "commit": member.log.committed,
        "applied_indexes": applied,
    }


def append_check(given: Given) -> Answer:
    member = a_member(
        term=given["term"], log_terms=given["follower_log_terms"], commit=given["follower_commit"]
    )
    member.step(
        Message(
            Kind.APPEND,
            "2",
            member.id,
            given["term"],
            index=given["prev_index"],
            log_term=given["prev_term"],
            entries=entries_of(given["entries"]),
        )
    )
    return the_answer(member)


def append_entries(given: Given) -> Answer:
    member = a_member(
        term=given["follower_term"],
        log_terms=given["follower_log_terms"],
        commit=given["follower_commit"],
    )
    sent = given["message"]
    append = Message(
        Kind.APPEND,
        "2",
        member.id,
        sent["term"],
        index=sent["prev_index"],
        log_term=sent["prev_term"],
        entries=entries_of(sent["entries"]),
        commit=sent["leader_commit"],
    )
    # Straight to the handler: some rows are of an earlier term, which step would screen.
    replication.handle_append(member, append)
    return the_answer(member)


def heartbeat_commit(given: Given) -> Answer:
    member = a_member(term=2, log_terms=given["log_terms"], commit=given["commit_before"])
    member.step(Message(Kind.HEARTBEAT, "2", member.id, 2, commit=given["heartbeat_commit"]))
    return {"commit": member.log.committed}


def a_leader(size: int, term: int, log_terms: Iterable[int], commit: int = 0) -> Member:
    """A leader of a term whose log holds these terms and no entry of its own yet."""
    member = in_role(a_member(size, term, log_terms, commit), "leader")
    del member.log.entries[-1]
    member.progress[member.id].match = member.log.last_index
    return member


def leader_commit_index(given: Given) -> Answer:
    matches = given["match_index"]
    leader = a_leader(
        len(matches), given["leader_term"], given["log_terms"], given["commit_before"]
    )
    for index, match in enumerate(matches, 1):
        leader.progress[str(index)].match = match
    replication.maybe_commit(leader)
    return {"commit": leader.log.committed}


def answer_all(leader: Member, who: Iterable[str]) -> None:
    """Let these followers acknowledge whatever the leader sends, until it is silent."""
    voters = [*who]
    while leader.outbox:
        sent, leader.outbox = leader.outbox, []
        for message in sent:
            if message.to in voters and message.kind is Kind.APPEND:
                last = message.index + len(message.entries)
                reply = Message(Kind.APPEND_REPLY, message.to, leader.id, leader.term, index=last)
                leader.step(reply)


def elected(size: int, log_terms: list[int], term: int, id: int = 1) -> Member:
    """A member that wins the election of a term by all votes."""
    member = a_member(size, term - 1, log_terms, id=id)
    member.campaign()
    for voter in member.membership.voters:
        if member.role is Role.CANDIDATE:
            member.step(Message(Kind.VOTE_REPLY, voter, member.id, term))
    member.outbox = [sent for sent in member.outbox if sent.kind is Kind.APPEND]
    return member


def ack_majority(given: Given) -> Answer:
    leader = elected(given["cluster_size"], [], 1, given["leader"])
    answer_all(leader, leader.membership.voters)
    before = leader.log.committed
    leader.propose("some data")
    answer_all(leader, [str(follower) for follower in given["followers_that_ack"]])
    return {"new_entry_committed": leader.log.committed > before}


def commit_preceding(given: Given) -> Answer:
    before = given["leader_log_terms_before_election"]
    leader = elected(given["cluster_size"], before, given["leader_term"])
    leader.propose("some data")
    answer_all(leader, leader.membership.voters)
    return {"committed_terms": [entry.term for entry in leader.ready().committed]}


def commit_current_term_only(given: Given) -> Answer:
    leader = a_leader(given["cluster_size"], given["leader_term"], given["leader_log_terms"])
    leader.step(
        Message(Kind.APPEND_REPLY, "2", leader.id, leader.term, index=given["follower_acks_index"])
    )
    return {"commit": leader.log.committed}


def sync_follower_log(given: Given) -> Answer:
    term = given["leader_term_when_elected"]
    leader = elected(3, given["leader_log_terms"], term)
    follower = a_member(3, term - 1, given["follower_log_terms"], id=2)
    leader.propose("some data")
    while leader.outbox or follower.outbox:
        for sender, receiver in ((leader, follower), (follower, leader)):
            for message in sender.ready().messages:
                if message.to == receiver.id:
                    receiver.step(message)
    return {"follower_log_terms": terms_of(follower.log)}


# --- quorums


def configuration(given: Given) -> Membership:
    voters, outgoing = given["voters"], given.get("outgoing_voters") or []
    return Membership(tuple(map(str, voters)), tuple(map(str, outgoing)))


def quorum_committed(given: Given) -> Answer:
    acknowledged = {who: index or 0 for who, index in given["acked_index"].items()}
    committed = quorum.committed(configuration(given), acknowledged)
    return {"committed": "infinity" if committed == quorum.INFINITY else committed}


def quorum_vote(given: Given) -> Answer:
    votes = {who: vote for who, vote in given["votes"].items() if vote is not None}
    return {"result": quorum.outcome(configuration(given), votes).value}


ADAPTERS: dict[str, Callable[[Given], Answer]] = {
    "election_votes": election_votes,
    "vote_once": vote_once,
    "vote_up_to_date": vote_up_to_date,
    "vote_request": vote_request,
    "vote_request_contents": vote_request_contents,
    "election_timeout_probability": election_timeout_probability,
    "election_timeout_range": election_timeout_range,
    "election_timeout_conflicts": election_timeout_conflicts,
    "state_transition": state_transition,
    "newer_term_message": message_of_a_term,
    "stale_term_message": message_of_a_term,
    "candidate_sees_leader": message_of_a_term,
    "higher_term_stepdown": higher_term_stepdown,
    "log_up_to_date": log_up_to_date,
    "log_maybe_append": log_maybe_append,
    "find_conflict": find_conflict,
    "log_append": log_append,
    "find_conflict_by_term": find_conflict_by_term,
    "append_check": append_check,
    "append_entries": append_entries,
    "heartbeat_commit": heartbeat_commit,
    "leader_commit_index": leader_commit_index,
    "ack_majority": ack_majority,
    "commit_preceding": commit_preceding,
    "commit_current_term_only": commit_current_term_only,
    "sync_follower_log": sync_follower_log,
    "quorum_committed": quorum_committed,
    "quorum_committed_joint": quorum_committed,
    "quorum_vote": quorum_vote,
    "quorum_vote_joint": quorum_vote,
    "scenario": play,
}
