"""Whole labs under all faults, with shortened periods: what must hold of a cluster always, and soon.

After every event: the consensus keeps its promises (judge.py), and belief changes only when some
member applies an entry. Between the acts: nothing runs on a machine that is off, a pod is bound
once, no node is overfilled, versions never fall, no request is lost. When the faults end: a
leader, every node Ready, every workload at its wish, every reader up to date; and the lab thawed
from its checkpoint is the lab.
"""

from collections import Counter
from functools import cache

import yaml

from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Refused
from simulation.kernel.units import MINUTE, SECOND
from simulation.kube.network.links import Links
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.world import World
from simulation.lab import commands
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Applied, Lab
from simulation.scenarios.catalogue import content_of
from tests.fuzz.judge import Judge

ACTS = 12
CALM = 8 * MINUTE
"""By then a cluster with these periods must have settled."""
ON_ITS_WAY = SECOND
"""What had left before a cut may arrive for so long."""
SHORT = {
    "node_monitor_grace": 12 * SECOND,
    "node_monitor_period": 2 * SECOND,
    "toleration_seconds": 20,
    "boot_duration": 6 * SECOND,
    "node_eviction_interval": 2 * SECOND,
    "secondary_node_eviction_interval": 5 * SECOND,
}
PROCESSES = ("kubelet", "kube-proxy", "container-runtime", "containerd")


@cache
def scenario(masters: int) -> str:
    """The default scenario with so many control plane nodes and shortened periods."""
    content = yaml.safe_load(content_of("default"))
    content["controlPlane"] = [{"zone": "ab"[number % 2]} for number in range(masters)]
    content["settings"] = {**content.get("settings", {}), **SHORT}
    return str(yaml.safe_dump(content))


class Adventure:
    """One lab and what befalls it."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        self.seed = seed
        masters = self.dice.between(1, 5, "masters")
        genesis = Genesis(seed, "fuzz", scenario(masters), 1_700_000_000)
        self.lab = Lab.create(genesis)
        self.judge = Judge(_members(self.lab.world))
        self.counts: Counter[str] = Counter()
        self.bound: dict[str, str] = {}
        self.acted = 0
        self.version = 0
        self.applied = 0
        self.apart_since = -1
        """Since when no control plane node reaches a majority; -1 while one does."""

    # --- acts

    def act(self, number: int) -> None:
        """Do something to the lab, sensible or not."""
        world = self.lab.world
        names = sorted(world.machines)
        a = self.dice.pick(names, "a", number)
        b = self.dice.pick([*names, ""], "b", number)
        verb = self.dice.pick(sorted(VERBS), "verb", number)
        given = {"do": verb, **VERBS[verb](self, a, b, number)}
        try:
            outcome = self.lab.submit(commands.parse(given), str(number), "somebody")
        except Refused as refused:
            raise AssertionError(f"{given} is no command: {refused.reason}") from None
        applied = isinstance(outcome, Applied)
        self.acted = self.lab.now
        self.counts[verb if applied else f"{verb} (refused)"] += 1

    def advance(self, until: int) -> None:
        """Let time pass, and judge after every event."""
        done = False
        while not done:
            done = self.lab.advance(until, budget=1).done
            self._consensus_holds()

    def one_of(self, sensible: list[str], otherwise: str) -> str:
        """Choose where an act makes sense, if it does anywhere."""
        return self.dice.pick(sensible, "sensible", self.lab.now) if sensible else otherwise

    def way(self, number: int) -> dict[str, bool]:
        """Choose whether a fault of a cable is meant one way only."""
        return {"one_way": self.dice.chance(1, 3, "way", number)}

    # --- what always holds

    def _consensus_holds(self) -> None:
        world = self.lab.world
        members = self.judge.members = _members(world)
        applied = 0
        for name in members:
            self.judge.look(name)
            applied += members[name].log.applied
        version = world.store.version
        assert version >= self.version, f"version {version} after {self.version}"
        assert version == self.version or applied > self.applied or not self.applied, (
            f"belief went from {self.version} to {version} and no member applied anything"
        )
        for trace in world.consensus.state.recent[-12:]:
            if trace.sent == self.lab.now > self.acted:
                assert world.links.reachable(trace.sender, trace.to), f"{trace} went through a cut"
        is_late = 0 <= self.apart_since < self.lab.now - ON_ITS_WAY
        assert version == self.version or not is_late, (
            f"belief changed at {self.lab.now}, nobody has reached a majority since "
            f"{self.apart_since}"
        )
        self.version, self.applied = version, max(applied, 1)
        if _could_agree(world):
            self.apart_since = -1
        elif self.apart_since < 0:
            self.apart_since = self.lab.now

    def cluster_holds(self) -> None:
        """Judge what holds of a cluster between the acts."""
        world = self.lab.world
        for machine in world.machines.values():
            assert machine.is_on or not machine.processes, (
                f"{machine.name} is {machine.power} and runs {sorted(machine.processes)}"
            )
        for pod in world.store.list("Pod"):
            assert isinstance(pod, Pod)
            node = pod.spec.node_name
            first = self.bound.setdefault(pod.metadata.uid, node) or node
            self.bound[pod.metadata.uid] = first
            assert node == first, f"{pod.metadata.name} was bound to {first}, then to {node}"
        for node_object in world.store.list("Node"):
            assert isinstance(node_object, Node)
            self._is_not_overfilled(world, node_object)
        world.traffic.settle(world)
        for path, route in world.traffic.state.routes.items():
            answered = route.ok + route.slow + sum(route.failed.values())
            assert route.sent == answered, f"{path}: {route.sent} sent, {answered} answered"

    def _is_not_overfilled(self, world: World, node: Node) -> None:
        asked = 0
        for _, pod in world.store.by("pod/node", node.metadata.name):
            assert isinstance(pod, Pod)
            if pod.status.phase not in ("Succeeded", "Failed"):
                asked += sum(each.resources.requests.cpu or 0 for each in pod.spec.containers)
        allocatable = node.status.allocatable.cpu or 0
        assert asked <= allocatable, f"{node.metadata.name}: {asked}m asked of {allocatable}m"

    # --- the calm

    def calm(self) -> None:
        """End all faults; soon everything is as it should be."""
        world = self.lab.world
        mend(self.lab)
        self.acted = self.lab.now
        self.advance(self.lab.now + CALM)
        self.cluster_holds()
        assert world.consensus.leader(), world.consensus.rows(self.lab.now)
        for name, machine in world.machines.items():
            node = world.store.get("Node", name)
            assert isinstance(node, Node), f"{name} ({machine.power}) has no Node"
            ready = [each.status for each in node.status.conditions if each.type == "Ready"]
            assert ready == ["True"], f"{name} is Ready={ready}"
        for deployment in world.store.list("Deployment"):
            status, wanted = deployment.status, deployment.spec.replicas
            assert status.available_replicas == wanted, (
                f"{deployment.metadata.name}: {status.available_replicas} of {wanted}"
            )
        for name, reader in world.readers.state.readers.items():
            assert reader.seen == world.store.version, f"{name} has seen {reader.seen}"
        assert world.consensus.is_silent(), world.consensus.rows(self.lab.now)

    def thaws(self) -> None:
        """A checkpoint of the lab is the lab."""
        again = Lab.thaw(self.lab.genesis, self.lab.freeze())
        assert again.digest() == self.lab.digest()


def mend(lab: Lab) -> None:
    """Undo every fault that can be undone."""
    names = sorted(lab.world.machines)
    acts = [{"do": "heal", "a": a, "b": b} for a in names for b in ["", *names] if a != b]
    acts += [{"do": "slow-disk", "node": name, "ms": 0} for name in names]
    acts += [{"do": "power-on", "node": name} for name in names]
    acts += [{"do": "start-process", "node": n, "process": p} for n in names for p in PROCESSES]
    for act in acts:
        lab.submit(commands.parse(act), "", "")


def _members(world: World) -> dict:
    return {name: seat.member for name, seat in world.consensus.state.seats.items()}


def _could_agree(world: World) -> bool:
    """Tell whether anything gets to and fro between enough members, however late or lossy."""
    running = [name for name, seat in world.consensus.state.seats.items() if seat.running]
    links, voters = world.links, world.consensus.membership().voters
    return any(
        2 * sum(_is_open(links, a, b) and _is_open(links, b, a) for b in running) > len(voters)
        for a in running
    )


def _is_open(links: Links, a: str, b: str) -> bool:
    return links.reachable(a, b) and not links.held(a, b)


def _dark(lab: Lab) -> list[str]:
    return sorted(name for name, each in lab.world.machines.items() if each.power == "off")


def _cut(lab: Lab) -> list[str]:
    pairs = lab.world.links.faulty_pairs()
    ends = [sorted(pair, key=lambda end: end == "*") for pair in pairs]
    return [f"{a}|{'' if b == '*' else b}" for a, b in ends]


def _held(lab: Lab) -> list[str]:
    ends = [pair.split("|") for pair in _cut(lab)]
    links = lab.world.links
    return [f"{a}|{b}" for a, b in ends if links.way(a, b or "*").held]


VERBS = {
    "power-off": lambda self, a, b, n: {"node": a},
    "power-on": lambda self, a, b, n: {"node": self.one_of(_dark(self.lab), a)},
    "cut": lambda self, a, b, n: {"a": a, "b": b, **self.way(n)},
    "delay": lambda self, a, b, n: {
        "a": a, "b": b, "ms": self.dice.between(1, 3_000, "ms", n), **self.way(n)
    },
    "loss": lambda self, a, b, n: {
        "a": a, "b": b, "percent": self.dice.between(1, 100, "percent", n), **self.way(n)
    },
    "hold": lambda self, a, b, n: {"a": a, "b": b, **self.way(n)},
    "release": lambda self, a, b, n: dict(
        zip("ab", self.one_of(_held(self.lab), f"{a}|{b}").split("|"), strict=True)
    ),
    "slow-disk": lambda self, a, b, n: {
        "node": self.one_of(list(_members(self.lab.world)), a),
        "ms": self.dice.between(0, 3_000, "fsync", n),
    },
    "provoke-split-vote": lambda self, a, b, n: {},
    "heal": lambda self, a, b, n: dict(
        zip("ab", self.one_of(_cut(self.lab), f"{a}|{b}").split("|"), strict=True)
    ),
    "add-worker": lambda self, a, b, n: {},
    "kill-process": lambda self, a, b, n: {
        "node": a, "process": self.dice.pick(PROCESSES, "process", n)
    },
    "load": lambda self, a, b, n: {
        "route": "shop.local/cart", "rps": self.dice.between(0, 400, "rps", n)
    },
    "scale": lambda self, a, b, n: {
        "kind": "Deployment", "key": "default/web", "replicas": self.dice.between(1, 7, "size", n)
    },
}  # fmt: skip
"""What befalls a lab, by the verb of the command."""


def live(seed: int, acts: int = ACTS) -> Adventure:
    """Live through faults and the calm after them, judging all the while."""
    adventure = Adventure(seed)
    for number in range(acts):
        wait = adventure.dice.between(0, 25 * SECOND, "wait", number)
        adventure.advance(adventure.lab.now + wait)
        adventure.act(number)
        adventure.cluster_holds()
    adventure.calm()
    adventure.thaws()
    return adventure
