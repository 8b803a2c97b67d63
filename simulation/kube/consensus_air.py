"""Messages on their way between members: sent, late, held, released, arrived or lost."""

from simulation.kernel.timeline import Phase, Timeline
from simulation.kernel.units import Duration, Instant
from simulation.kube.consensus_state import ConsensusState, Flight, Trace, Wires
from simulation.raft.messages import Kind, Message

RECENT_MESSAGES_MAX = 64
"""Messages remembered for the picture; at rest they are drawn from their law instead."""

HELD_MESSAGES_MAX = 64
"""Messages that wait on one held wire; what comes later finds the sender's buffer full."""


def latency(wires: Wires, sender: str, to: str) -> Duration:
    """Return how long a message takes."""
    # Within an instant deliveries could not be ordered, so nothing arrives in none.
    return max(1, wires.latency(sender, to))


def is_open(state: ConsensusState, wires: Wires, sender: str, to: str) -> bool:
    """Tell whether a message that leaves now would be heard."""
    seat = state.seats.get(to)
    return seat is not None and seat.running and wires.reachable(sender, to)


def send(
    state: ConsensusState, wires: Wires, timeline: Timeline, message: Message, now: Instant
) -> None:
    """Let a message leave."""
    sender, to = message.sender, message.to
    key = (now, message.kind.value, message.index)
    late = wires.resent(sender, to, *key) if is_open(state, wires, sender, to) else None
    if late is None:
        lose(state, message)
    else:
        launch(state, timeline, message, now, now + latency(wires, sender, to) + late)


def launch(
    state: ConsensusState, timeline: Timeline, message: Message, sent: Instant, arrives: Instant
) -> None:
    """Put a message on its wire, behind what is there already."""
    wire = f"{message.sender}>{message.to}"
    arrives = state.wires[wire] = max(arrives, state.wires.get(wire, 0))
    flight = Flight(state.next_flight, message, sent, arrives)
    state.next_flight += 1
    state.flights[flight.id] = flight
    state.recent.append(
        Trace(flight.id, message.sender, message.to, message.kind.value, sent, arrives)
    )
    del state.recent[:-RECENT_MESSAGES_MAX]
    data = (message.sender, flight.id)
    timeline.at(arrives, "consensus/deliver", message.to, data, Phase.CONSENSUS)


def land(state: ConsensusState, wires: Wires, flight: int) -> Message | None:
    """Return the message that arrives; None if it is held, lost, or nobody's any more."""
    if flight not in state.flights:
        # Its sender or its receiver is no more.
        return None
    message = state.flights.pop(flight).message
    if wires.held(message.sender, message.to):
        waiting = state.held.setdefault(f"{message.sender}>{message.to}", [])
        if len(waiting) < HELD_MESSAGES_MAX:
            waiting.append(message)
        return None
    if not is_open(state, wires, message.sender, message.to):
        lose(state, message)
        return None
    return message


def lose(state: ConsensusState, message: Message) -> None:
    """Tell the sender that a message did not get through, as far as it wants to know."""
    if message.kind in (Kind.APPEND, Kind.SNAPSHOT):
        state.seats[message.sender].member.report_lost(message)


def release(state: ConsensusState, wires: Wires, timeline: Timeline, now: Instant) -> None:
    """Send on, in order, what waited on wires that are held no more."""
    for wire in sorted(state.held):
        sender, to = wire.split(">")
        if wires.held(sender, to):
            continue
        for message in state.held.pop(wire):
            if is_open(state, wires, sender, to):
                launch(state, timeline, message, now, now + latency(wires, sender, to))
            else:
                lose(state, message)


def forget(state: ConsensusState, name: str) -> None:
    """Drop all that is on its way from and to a member that is no more."""
    state.flights = {
        number: flight
        for number, flight in state.flights.items()
        if name not in (flight.message.sender, flight.message.to)
    }
    state.wires = {wire: due for wire, due in state.wires.items() if name not in wire.split(">")}
    state.held = {wire: each for wire, each in state.held.items() if name not in wire.split(">")}
