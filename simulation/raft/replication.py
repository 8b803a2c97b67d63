"""How entries travel: appends, heartbeats, snapshots, and their answers, on both sides."""

from simulation.raft import quorum
from simulation.raft.limits import ENTRIES_PER_APPEND_MAX
from simulation.raft.messages import Kind, MemberId, Message, Snapshot
from simulation.raft.progress import Pace, Progress
from simulation.raft.roles import Memory

# --- the leader's side


def send_append(leader: Memory, to: MemberId, even_if_empty: bool = True) -> bool:
    """Send a follower what it lacks, as far as its window allows; tell whether anything went."""
    progress = leader.progress[to]
    if progress.is_paused():
        return False
    previous = progress.next - 1
    previous_term = leader.log.term_at(previous)
    if previous_term is None:
        return _send_snapshot(leader, to, progress)
    room = progress.pace is not Pace.REPLICATE or not progress.is_window_full()
    entries = leader.log.since(progress.next, ENTRIES_PER_APPEND_MAX) if room else ()
    if not entries and not even_if_empty:
        return False
    leader.send(
        Kind.APPEND,
        to,
        index=previous,
        log_term=previous_term,
        entries=entries,
        commit=leader.log.committed,
    )
    progress.sent(len(entries))
    progress.sent_commit = leader.log.committed
    return True


def _send_snapshot(leader: Memory, to: MemberId, progress: Progress) -> bool:
    # A snapshot is large; it is not sent to somebody who may not even be there.
    if not progress.recent_active:
        return False
    index = leader.log.applied
    term = leader.log.term_at(index)
    assert term is not None, f"applied entry {index} has no term"
    leader.send(Kind.SNAPSHOT, to, snapshot=Snapshot(index, term, leader.membership))
    progress.become_snapshot(index)
    return True


def broadcast_append(leader: Memory) -> None:
    """Send every follower what it lacks."""
    for peer in leader.progress:
        if peer != leader.id:
            send_append(leader, peer)


def broadcast_heartbeat(leader: Memory) -> None:
    """Tell every follower that the leader is there."""
    for peer, progress in leader.progress.items():
        if peer == leader.id:
            continue
        # Not beyond what the follower is known to hold: it might hold something else there.
        commit = min(progress.match, leader.log.committed)
        leader.send(Kind.HEARTBEAT, peer, commit=commit)
        progress.sent_commit = max(progress.sent_commit, commit)


def maybe_commit(leader: Memory) -> bool:
    """Commit what a majority holds, if it is of the leader's own term; tell whether it was."""
    acknowledged = {peer: progress.match for peer, progress in leader.progress.items()}
    return leader.log.maybe_commit(quorum.committed(leader.membership, acknowledged), leader.term)


def handle_append_reply(leader: Memory, reply: Message) -> None:
    """Learn from a follower's answer how far its log goes, and send on."""
    progress = leader.progress[reply.sender]
    progress.recent_active = True
    if reply.reject:
        hint = reply.hint
        if reply.log_term > 0:
            # Skip what the leader holds of terms above the one that the follower suggests.
            hint, _ = leader.log.find_conflict_by_term(reply.hint, reply.log_term)
        if progress.refuse(reply.index, hint):
            if progress.pace is Pace.REPLICATE:
                progress.become_probe()
            send_append(leader, reply.sender)
        return
    is_news = progress.acknowledge(reply.index)
    if not is_news and not (progress.match == reply.index and progress.pace is Pace.PROBE):
        return
    _speed_up(leader, progress, reply.index)
    if maybe_commit(leader):
        broadcast_append(leader)
    elif reply.sender != leader.id and progress.can_raise_commit(leader.log.committed):
        send_append(leader, reply.sender)
    while reply.sender != leader.id and send_append(leader, reply.sender, even_if_empty=False):
        pass
    if reply.sender == leader.transferee and progress.match == leader.log.last_index:
        leader.send(Kind.TIMEOUT_NOW, reply.sender)


def _speed_up(leader: Memory, progress: Progress, index: int) -> None:
    match progress.pace:
        case Pace.PROBE:
            progress.become_replicate()
        case Pace.SNAPSHOT if progress.match + 1 >= leader.log.first_index:
            progress.become_probe()
            progress.become_replicate()
        case Pace.REPLICATE:
            progress.free_to(index)


def handle_heartbeat_reply(leader: Memory, reply: Message) -> None:
    """Note that a follower lives, and send it what it still lacks."""
    progress = leader.progress[reply.sender]
    progress.recent_active = True
    progress.waiting = False
    if progress.is_window_full():
        del progress.inflight[0]
    if progress.match < leader.log.last_index or progress.pace is Pace.PROBE:
        send_append(leader, reply.sender)


def report_lost(leader: Memory, to: MemberId, kind: Kind) -> None:
    """Learn from the transport that an append or a snapshot did not get through."""
    progress = leader.progress.get(to)
    if progress is None:
        return
    if kind is Kind.SNAPSHOT and progress.pace is Pace.SNAPSHOT:
        progress.pending_snapshot = 0
        progress.become_probe()
        # Wait for a sign of life before the next attempt.
        progress.waiting = True
    elif kind is Kind.APPEND and progress.pace is Pace.REPLICATE:
        progress.become_probe()


def report_delivered(leader: Memory, to: MemberId, kind: Kind) -> None:
    """Learn from the transport that a snapshot arrived, even if its answer should get lost."""
    progress = leader.progress.get(to)
    if progress is not None and kind is Kind.SNAPSHOT and progress.pace is Pace.SNAPSHOT:
        progress.become_probe()
        # The next append goes with the answer, or else with the next heartbeat's.
        progress.waiting = True


# --- the follower's side


def handle_append(follower: Memory, append: Message) -> None:
    """Take entries that join on to the log, or refuse with a hint where to try next."""
    log = follower.log
    if append.index < log.committed:
        follower.send(Kind.APPEND_REPLY, append.sender, index=log.committed)
        return
    last_new = log.maybe_append(append.index, append.log_term, append.commit, append.entries)
    if last_new is not None:
        follower.send(Kind.APPEND_REPLY, append.sender, index=last_new)
        return
    hint, hint_term = log.find_conflict_by_term(min(append.index, log.last_index), append.log_term)
    follower.send(
        Kind.APPEND_REPLY,
        append.sender,
        index=append.index,
        reject=True,
        hint=hint,
        log_term=hint_term,
    )


def handle_heartbeat(follower: Memory, heartbeat: Message) -> None:
    """Take over the commit index and answer."""
    follower.log.commit_to(heartbeat.commit)
    follower.send(Kind.HEARTBEAT_REPLY, heartbeat.sender)


def handle_snapshot(follower: Memory, message: Message) -> None:
    """Start from the snapshot unless the log already holds all of it."""
    snapshot = message.snapshot
    assert snapshot is not None, "a snapshot message without a snapshot"
    log = follower.log
    if snapshot.index > log.committed:
        if log.holds(snapshot.index, snapshot.term):
            log.commit_to(snapshot.index)
        else:
            log.restore(snapshot.index, snapshot.term)
            follower.membership = snapshot.membership
            follower.restored = snapshot
            follower.send(Kind.APPEND_REPLY, message.sender, index=log.last_index)
            return
    follower.send(Kind.APPEND_REPLY, message.sender, index=log.committed)
