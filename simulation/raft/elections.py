"""How a leader comes into office: timeouts, pre-votes, votes, and handing over."""

from simulation.raft import quorum
from simulation.raft.messages import NOBODY, Kind, MemberId, Message
from simulation.raft.quorum import Outcome
from simulation.raft.replication import broadcast_append, maybe_commit, send_append
from simulation.raft.roles import Memory, Role


def stand(member: Memory, forced: bool = False) -> None:
    """Begin an election, with a pre-vote first unless the old leader asked for it."""
    if member.role is Role.LEADER or not member.is_promotable():
        return
    if _has_unapplied_change(member):
        return
    if member.rules.pre_vote and not forced:
        member.become_pre_candidate()
        _ask(member, Kind.PRE_VOTE, member.term + 1, forced)
    else:
        _stand_for_real(member, forced)


def _has_unapplied_change(member: Memory) -> bool:
    log = member.log
    return any(
        entry.change is not None
        for entry in log.since(log.applied + 1, log.committed - log.applied)
    )


def _stand_for_real(member: Memory, forced: bool = False) -> None:
    member.become_candidate()
    _ask(member, Kind.VOTE, member.term, forced)


def _ask(member: Memory, kind: Kind, term: int, forced: bool) -> None:
    for voter in member.membership.everyone():
        if voter != member.id and member.membership.is_voter(voter):
            member.send(
                kind,
                voter,
                term,
                index=member.log.last_index,
                log_term=member.log.last_term,
                forced=forced,
                **_known_commit(member),
            )
    count_vote(member, member.id, granted=True)


def _known_commit(member: Memory) -> dict[str, int]:
    log = member.log
    return {"commit": log.committed, "commit_term": log.term_at(log.committed) or 0}


def learn_commit(member: Memory, message: Message) -> None:
    """Take over what a vote, or its refusal, says to be committed, if the logs meet there.

    Without it a change of members can end with nobody able to lead: who was removed knows that
    the change is committed and may not stand; the others hold it but do not know, and go on
    asking for the vote of the removed one, whose longer log refuses it. Logs that agree in the
    term of an entry agree in all before it, so nothing is committed that was not.
    """
    if member.role is Role.LEADER or not message.commit_term:
        return
    if not member.log.maybe_commit(message.commit, message.commit_term):
        return
    if member.role is not Role.FOLLOWER and _has_unapplied_change(member):
        # Votes are not to be counted by one membership and asked for by another.
        member.become_follower(member.term, NOBODY)


def count_vote(member: Memory, voter: MemberId, granted: bool) -> None:
    """Count a vote, the first of each voter, and draw the consequence."""
    member.votes.setdefault(voter, granted)
    match quorum.outcome(member.membership, member.votes):
        case Outcome.WON if member.role is Role.PRE_CANDIDATE:
            _stand_for_real(member)
        case Outcome.WON:
            member.become_leader()
            # Alone, the leader is its own majority.
            maybe_commit(member)
            broadcast_append(member)
        case Outcome.LOST:
            member.become_follower(member.term, NOBODY)


def is_lease_held(member: Memory) -> bool:
    """Tell whether this member heard its leader so lately that it hears no other candidate."""
    return (
        member.rules.check_quorum
        and member.leader != NOBODY
        and member.election_elapsed < member.rules.election_ticks
    )


def handle_vote_request(member: Memory, request: Message) -> None:
    """Grant a vote to the first fresh enough candidate of a term; a pre-vote binds nobody."""
    is_pre_vote = request.kind is Kind.PRE_VOTE
    is_free = (
        member.vote == request.sender
        or (member.vote == NOBODY and member.leader == NOBODY)
        or (is_pre_vote and request.term > member.term)
    )
    reply = Kind.PRE_VOTE_REPLY if is_pre_vote else Kind.VOTE_REPLY
    if not (is_free and member.log.is_outdone_by(request.index, request.log_term)):
        member.send(reply, request.sender, reject=True, **_known_commit(member))
        learn_commit(member, request)
        return
    # In the term of the request: a pre-vote asks about a term that this member has not reached.
    member.send(reply, request.sender, request.term)
    if not is_pre_vote:
        member.election_elapsed = 0
        member.vote = request.sender


def check_quorum(leader: Memory) -> None:
    """Step down unless a majority was heard of since the last check (thesis §6.2)."""
    heard = {
        peer: progress.recent_active or peer == leader.id
        for peer, progress in leader.progress.items()
    }
    if quorum.outcome(leader.membership, heard) is not Outcome.WON:
        leader.become_follower(leader.term, NOBODY)
        return
    for peer, progress in leader.progress.items():
        if peer != leader.id:
            progress.recent_active = False


def hand_over(leader: Memory, to: MemberId) -> None:
    """Bring the chosen successor up to date, then tell it to stand at once (thesis §3.10)."""
    if to not in leader.progress or not leader.membership.is_voter(to):
        return
    if leader.transferee == to:
        return
    leader.transferee = NOBODY
    if to == leader.id:
        return
    # The transfer must be done within an election timeout, or the leader goes on.
    leader.election_elapsed = 0
    leader.transferee = to
    if leader.progress[to].match == leader.log.last_index:
        leader.send(Kind.TIMEOUT_NOW, to)
    else:
        send_append(leader, to)
