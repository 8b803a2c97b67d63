"""Plays the scenarios of raft.json: a few members, a net with cuts, steps, and checks."""

from collections import deque
from collections.abc import Callable
from typing import Any

from simulation.kernel.dice import Dice
from simulation.raft.log import Log
from simulation.raft.member import Member
from simulation.raft.messages import NOBODY, Entry, Kind, Membership, Message
from simulation.raft.roles import Rules

Given = dict[str, Any]

TYPES = {
    "append": Kind.APPEND,
    "append_response": Kind.APPEND_REPLY,
    "heartbeat": Kind.HEARTBEAT,
    "heartbeat_response": Kind.HEARTBEAT_REPLY,
    "vote": Kind.VOTE,
    "vote_request": Kind.VOTE,
    "vote_response": Kind.VOTE_REPLY,
    "pre_vote": Kind.PRE_VOTE,
    "pre_vote_request": Kind.PRE_VOTE,
    "pre_vote_response": Kind.PRE_VOTE_REPLY,
    "snapshot": Kind.SNAPSHOT,
    "transfer_leader": Kind.TRANSFER,
    "timeout_now": Kind.TIMEOUT_NOW,
    "propose": Kind.PROPOSAL,
}


def kind_of(name: str) -> Kind:
    """Return the kind that a type of the cases means, however its answer is called."""
    stem = name.removesuffix("_reply").removesuffix("_resp")
    stem = stem if stem == name else f"{stem}_response"
    return TYPES[stem.replace("prevote", "pre_vote")]


def first_of(given: Given, *keys: str, default: Any = 0) -> Any:
    """Return the value of the first key that is given."""
    return next((given[key] for key in keys if key in given), default)


class Net:
    """Members and the wires between them; first in, first out."""

    def __init__(self, given: Given) -> None:
        numbers = range(1, given["nodes"] + 1)
        names = [str(number) for number in numbers]
        self.rules = Rules(
            given.get("election_ticks", 10),
            pre_vote=given.get("prevote", False),
            check_quorum=given.get("check_quorum", False),
        )
        self.members = {name: self._a_member(name, names, given) for name in names}
        only = given.get("only_node")
        self.mute = [str(node) for node in given.get("down") or ()]
        if only is not None:
            self.mute += [name for name in names if name != str(only)]
        self.cuts: list[tuple[str, str]] = []
        self.dropped: list[Kind] = []
        for name, ticks in (given.get("randomized_timeout") or {}).items():
            self.members[name].randomized_timeout = ticks

    def _a_member(self, name: str, names: list[str], given: Given) -> Member:
        initial = (given.get("initial") or {}).get(name, {})
        member = Member(name, Membership(tuple(names)), Dice(1), self.rules)
        terms = initial.get("log_terms") or []
        member.log = Log([Entry(index, term) for index, term in enumerate(terms, 1)])
        member.become_follower(initial.get("term", 0), NOBODY)
        member.vote = str(initial.get("voted_for") or NOBODY)
        return member

    def arrives(self, message: Message) -> bool:
        """Tell whether a message gets through."""
        return (
            message.to in self.members
            and message.to not in self.mute
            and message.sender not in self.mute
            and (message.sender, message.to) not in self.cuts
            and message.kind not in self.dropped
        )

    def settle(self) -> None:
        """Deliver until nothing is left to be delivered."""
        queue: deque[Message] = deque()
        self._collect(queue)
        while queue:
            message = queue.popleft()
            if self.arrives(message):
                self.members[message.to].step(message)
            self._collect(queue)

    def _collect(self, queue: deque[Message]) -> None:
        for member in self.members.values():
            queue.extend(member.ready().messages)

    # --- steps

    def campaign(self, step: Given) -> None:
        for node in step.get("nodes") or [step["node"]]:
            self.members[str(node)].campaign()

    def propose(self, step: Given) -> None:
        for _ in range(step.get("count", 1)):
            self.members[str(step["node"])].propose(step.get("data", ""))

    def heartbeat(self, step: Given) -> None:
        self.members[str(step["node"])].beat()

    def cut(self, step: Given) -> None:
        a, b = str(step["a"]), str(step["b"])
        self.cuts += [(a, b), (b, a)]

    def isolate(self, step: Given) -> None:
        for other in self.members:
            if other != str(step["node"]):
                self.cut({"a": step["node"], "b": other})

    def heal(self, _step: Given) -> None:
        self.cuts, self.dropped = [], []

    def drop_type(self, step: Given) -> None:
        self.dropped.append(kind_of(step["type"]))

    def tick(self, step: Given) -> None:
        for _ in range(step.get("ticks", 1)):
            self.members[str(step["node"])].tick()

    def transfer_leader(self, step: Given) -> None:
        self.members[str(step.get("via", step["to"]))].transfer(str(step["to"]))

    def make_leader(self, step: Given) -> None:
        member = self.members[str(step["node"])]
        member.become_candidate()
        member.become_leader()

    def inject(self, step: Given) -> None:
        given = step["message"]
        entries = given.get("entries") or ()
        message = Message(
            kind_of(given["type"]),
            str(given["from"]),
            str(given["to"]),
            given.get("term", 0),
            index=first_of(given, "prev_index", "last_index", "last_or_prev_index", "index"),
            log_term=first_of(given, "prev_term", "last_term", "last_or_prev_term", "log_term"),
            entries=tuple(Entry(entry["index"], entry["term"]) for entry in entries),
            commit=first_of(given, "leader_commit", "commit"),
            reject=given.get("reject", not given.get("granted", True)),
        )
        if self.arrives(message):
            self.members[message.to].step(message)

    def set_randomized_timeout(self, step: Given) -> None:
        ticks = first_of(step, "ticks", "timeout", "randomized_timeout", "value")
        self.members[str(step["node"])].randomized_timeout = ticks

    def repeat(self, step: Given) -> None:
        inner = first_of(step, "steps", "step", default=[])
        for _ in range(first_of(step, "times", "count", "n", default=1)):
            for each in inner if isinstance(inner, list) else [inner]:
                self.do(each)

    def do(self, step: Given) -> None:
        STEPS[step["do"]](self, step)
        self.settle()


STEPS: dict[str, Callable[[Net, Given], None]] = {
    "campaign": Net.campaign,
    "campaign_together": Net.campaign,
    "propose": Net.propose,
    "heartbeat": Net.heartbeat,
    "cut": Net.cut,
    "isolate": Net.isolate,
    "heal": Net.heal,
    "drop_type": Net.drop_type,
    "tick": Net.tick,
    "transfer_leader": Net.transfer_leader,
    "make_leader": Net.make_leader,
    "inject": Net.inject,
    "repeat": Net.repeat,
    "set_randomized_timeout": Net.set_randomized_timeout,
}

LOOKS: dict[str, Callable[[Member], Any]] = {
    "state": lambda member: member.role.value.replace("-", "_"),
    "term": lambda member: member.term,
    "commit": lambda member: member.log.committed,
    "last_index": lambda member: member.log.last_index,
    "log_terms": lambda member: [entry.term for entry in member.log.entries],
    "known_leader": lambda member: int(member.leader) if member.leader else None,
    "transfer_target": lambda member: int(member.transferee) if member.transferee else None,
    "voted_for": lambda member: int(member.vote) if member.vote else None,
}


class Checks(list[dict[str, Any]]):
    """All that was seen; equal to expected checks if everything they ask for was so."""

    def __eq__(self, expected: object) -> bool:
        assert isinstance(expected, list), f"checks are a list, not {expected!r}"
        seen = {check["after_step"]: check["nodes"] for check in self}
        return all(
            seen[check["after_step"]][name][look] == value
            for check in expected
            for name, looks in check["nodes"].items()
            for look, value in looks.items()
        )

    __hash__ = None  # type: ignore[assignment]


def play(given: Given) -> dict[str, Any]:
    """Play the steps; answer with all that can be seen of each node after each of them."""
    net = Net(given)
    seen = Checks()
    for number, step in enumerate(given["steps"], 1):
        net.do(step)
        nodes = {
            name: {look: see(member) for look, see in LOOKS.items()}
            for name, member in net.members.items()
        }
        seen.append({"after_step": number, "nodes": nodes})
    return {"checks": seen}
