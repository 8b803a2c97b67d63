"""Bugs planted into the real code, one at a time: the judges must find every one of them.

A judge that objects to nothing proves nothing. Each bug is one that somebody has made: most of
them are single lines of the paper left out. `plant` puts it in, and takes it out again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from simulation.kube import consensus as world_consensus
from simulation.kube import consensus_air, machines, silence
from simulation.kube.kubelet import outages
from simulation.raft import elections, quorum, replication
from simulation.raft.log import Log
from simulation.raft.member import LEADERS_WORDS, Member
from simulation.raft.messages import NOBODY, Kind, Message
from simulation.raft.roles import Role

Patch = tuple[Any, str, Any]
"""An object or dict, the name of an attribute or a key, and what takes its place."""


def _vote_twice(member: Member, request: Message) -> None:
    if request.kind is Kind.VOTE and member.log.is_outdone_by(request.index, request.log_term):
        member.vote = NOBODY
        member.leader = NOBODY
    _handle_vote_request(member, request)


def _forget_vote(member: Member) -> None:
    _restart(member)
    member.vote = NOBODY


def _commit_by_counting(log: Log, index: int, term: int) -> bool:
    if index > log.committed:
        log.commit_to(index)
        return True
    return False


def _overwrite_always(
    log: Log, previous: int, previous_term: int, commit: int, entries: Any
) -> int | None:
    if not log.holds(previous, previous_term):
        return None
    del log.entries[previous - log.snapshot_index :]
    log.entries.extend(entries)
    log.commit_to(min(commit, log.last_index))
    return log.last_index


def _append_without_looking(
    log: Log, previous: int, previous_term: int, commit: int, entries: Any
) -> int | None:
    if previous > log.last_index:
        return None
    return _maybe_append(log, previous, log.term_at(previous) or 0, commit, entries)


def _commit_all_one_has(
    log: Log, previous: int, previous_term: int, commit: int, entries: Any
) -> int | None:
    last_new = _maybe_append(log, previous, previous_term, commit, entries)
    if last_new is not None:
        log.commit_to(min(commit, log.last_index))
    return last_new


def _believe_the_past(member: Member, message: Message) -> None:
    if (
        message.term < member.term
        and message.kind is Kind.APPEND
        and member.role is not Role.LEADER
    ):
        member.leader = message.sender
        replication.handle_append(member, message)
        return
    _step(member, message)


def _acknowledge_all_one_has(follower: Member, append: Message) -> None:
    _handle_append(follower, append)
    reply = follower.outbox[-1]
    if not reply.reject:
        follower.outbox.pop()
        follower.send(Kind.APPEND_REPLY, reply.to, index=follower.log.last_index)


def _beat_beyond_match(leader: Member) -> None:
    for peer in leader.progress:
        if peer != leader.id:
            leader.send(Kind.HEARTBEAT, peer, commit=leader.log.committed)


def _new_half_alone(membership: Any, acknowledged: Any) -> int:
    return quorum.committed_by(membership.voters, acknowledged)


def _new_half_elects(membership: Any, votes: Any) -> quorum.Outcome:
    return quorum.outcome_by(membership.voters, votes)


def _stay_in_office(member: Member, message: Message) -> bool:
    if member.role is Role.LEADER and message.kind is not Kind.PRE_VOTE:
        member.term = message.term
        return True
    return _accept_newer_term(member, message)


def _take_any_snapshot(follower: Member, message: Message) -> None:
    snapshot = message.snapshot
    assert snapshot is not None
    follower.log.restore(snapshot.index, snapshot.term)
    follower.membership, follower.restored = snapshot.membership, snapshot
    follower.send(Kind.APPEND_REPLY, message.sender, index=follower.log.last_index)


def _learn_any_commit(member: Member, message: Message) -> None:
    if member.role is not Role.LEADER:
        member.log.commit_to(min(message.commit, member.log.last_index))


def _hear_late(*given: Any) -> int | None:
    heard = _last_beat_heard(*given)
    return None if heard is None else heard - 300


def _keep_processes(machine: machines.Machine, now: int) -> list[machines.Process]:
    machine.power, machine.since = machines.OFF, now
    return []


def _hear_through_cuts(state: Any, wires: Any, sender: str, to: str) -> bool:
    seat = state.seats.get(to)
    return seat is not None and seat.running


_handle_vote_request = elections.handle_vote_request
_restart = Member.restart
_maybe_append = Log.maybe_append
_step = Member.step
_handle_append = replication.handle_append
_accept_newer_term = Member._accept_newer_term
_last_beat_heard = silence.last_beat_heard

BUGS: dict[str, tuple[Patch, ...]] = {
    "votes twice in a term": ((elections, "handle_vote_request", _vote_twice),),
    "forgets its vote when it loses power": ((Member, "restart", _forget_vote),),
    "commits an earlier term's entry by counting": ((Log, "maybe_commit", _commit_by_counting),),
    "truncates what is committed": ((Log, "maybe_append", _overwrite_always),),
    "takes half for a majority": ((quorum, "needed", lambda voters: max(1, voters // 2)),),
    "takes an append of an earlier term": ((Member, "step", _believe_the_past),),
    "votes for a candidate whose log is older": ((Log, "is_outdone_by", lambda *_: True),),
    "appends without comparing the entry before": ((Log, "maybe_append", _append_without_looking),),
    "beats with a commit index beyond the match": (
        (replication, "broadcast_heartbeat", _beat_beyond_match),
    ),
    "asks the new half alone in a joint membership": (
        (quorum, "committed", _new_half_alone),
        (quorum, "outcome", _new_half_elects),
    ),
    "stays in office in a newer term": ((Member, "_accept_newer_term", _stay_in_office),),
    "takes a snapshot older than its log": (
        (LEADERS_WORDS, Kind.SNAPSHOT.value, _take_any_snapshot),
    ),
    "learns a commit without comparing logs": ((elections, "learn_commit", _learn_any_commit),),
    "keeps from the others what it knows to be committed": (
        (elections, "learn_commit", lambda *_: None),
    ),
}
"""What is wrong with Raft itself; found by the swarm."""

DIRECTED_BUGS: dict[str, tuple[Patch, ...]] = {
    "commits entries that the leader did not vouch for": (
        (Log, "maybe_append", _commit_all_one_has),
    ),
    "acknowledges entries that were not compared": (
        (replication, "handle_append", _acknowledge_all_one_has),
        (LEADERS_WORDS, Kind.APPEND.value, _acknowledge_all_one_has),
    ),
}
"""What only a leader of another make would bring to light; found by the paper's directed tests."""

SILENT_BUGS: dict[str, tuple[Patch, ...]] = {
    "computes when a heartbeat was heard, and is wrong": (
        (silence, "last_beat_heard", _hear_late),
        (world_consensus, "last_beat_heard", _hear_late),
    ),
    "forgets who answered while the group was silent": (
        (silence, "_wake_leader", lambda *_: None),
    ),
}
"""What is wrong with the elision of heartbeats; found by comparing with a group that ticks."""

LAB_BUGS: dict[str, tuple[Patch, ...]] = {
    "lets programs run without power": (
        (machines, "switch_off", _keep_processes),
        (outages, "power_off", lambda *_: None),
    ),
    "hears through cables that are cut": ((consensus_air, "is_open", _hear_through_cuts),),
}
"""What is wrong with the cluster around it; found by the labs' judge."""


@contextmanager
def plant(patches: tuple[Patch, ...]) -> Iterator[None]:
    """Put a bug in for a while."""
    undo: list[Callable[[], None]] = []
    try:
        for where, name, bug in patches:
            undo.append(_put(where, name, bug))
        yield
    finally:
        for each in reversed(undo):
            each()


def _put(where: Any, name: str, bug: Any) -> Callable[[], None]:
    if isinstance(where, dict):
        before = where[name]
        where[name] = bug
        return lambda: where.__setitem__(name, before)
    old = getattr(where, name)
    setattr(where, name, bug)
    return lambda: setattr(where, name, old)
