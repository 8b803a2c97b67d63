"""What a member's disk holds, how it stops, and when rivals have to stand to open a term together."""

from collections.abc import Sequence

from simulation.kernel.units import Duration
from simulation.kube.consensus_state import ConsensusState, Seat, Wires
from simulation.raft.member import Member
from simulation.raft.quorum import needed


def facts(member: Member) -> tuple[int, str, int, int]:
    """Return what has to be on disk before a member may speak of it."""
    return member.term, member.vote, member.log.last_index, member.log.last_term


def stop(seat: Seat) -> None:
    """Let a member stop; what it had not said yet is never said."""
    seat.running = False
    seat.busy_until = 0
    seat.unsent = []
    seat.owes = seat.missed_tick = False


def stand_at(state: ConsensusState, wires: Wires, names: Sequence[str]) -> dict[str, Duration]:
    """Return when each member has to ask for pre-votes so that all have enough at one instant.

    Pre-votes would pull rivals apart: whoever has the nearest neighbours hears first that it may
    stand, and its vote requests turn the others into followers. So the far ones ask earlier.
    """
    wanted = {
        name: _heard_after(wires, name, names, len(state.seats[name].member.membership.voters))
        for name in names
    }
    latest = max(wanted.values())
    return {name: latest - wanted[name] + 1 for name in names}


def _heard_after(wires: Wires, name: str, names: Sequence[str], voters: int) -> Duration:
    trips = sorted(
        max(1, wires.latency(name, other)) + max(1, wires.latency(other, name))
        for other in names
        if other != name
    )
    # Its own pre-vote counts; so many others have to say yes.
    return trips[needed(voters) - 2]
