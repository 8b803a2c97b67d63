"""Control plane nodes that join and leave while the lab runs, as kubeadm and etcdctl have it.

Joining: the machine boots and registers; its member is added as a learner, which hears everything
and decides nothing; when it has caught up it is promoted to a voter, and the API server,
controller manager and scheduler beside it start. Leaving: the member is removed, having handed
over its office if it leads, and then its machine and its Node are. One change at a time; a change
that could cost the quorum is refused, as etcd's --strict-reconfig-check does.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason, Refused
from simulation.kernel.records import State
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube import aftermath, control_plane, machine_room, machines
from simulation.kube.apiserver import Reply, Server
from simulation.kube.kubelet.static_pods import static_pods
from simulation.kube.manifests.defaults import with_defaults
from simulation.kube.objects.node import Node
from simulation.kube.writes import Write
from simulation.raft.limits import MEMBERS_MAX
from simulation.raft.member import Member
from simulation.raft.messages import Membership
from simulation.raft.quorum import needed
from simulation.raft.roles import Rules

if TYPE_CHECKING:
    from simulation.kube.world import World

LOOK: Duration = SECOND // 2
"""kubeadm asks for a learner's promotion again and again; etcd's client retries as often."""

CAUGHT_UP_PERCENT = 90
"""etcd: a learner may be promoted when it holds so much of what its leader holds."""

JOINING, LEARNING, STARTING, LEAVING = "joining", "learning", "starting", "leaving"


class Move(State):
    """One node on its way in or out."""

    node: str
    stage: str
    since: Instant
    cause: int


class MembersState(State):
    """What a checkpoint keeps of changes that are under way."""

    move: Move | None = None
    made: int = 0
    """The highest number that a control plane node was given; no name is given twice."""


class Members:
    """Who belongs to the control plane."""

    def __init__(self, state: MembersState | None = None) -> None:
        self.state = state or MembersState()

    # --- commands

    def add(self, world: "World") -> None:
        """Set up one more control plane node; it boots and joins."""
        count = len(world.control_plane())
        if count >= MEMBERS_MAX:
            raise Refused("too-many-members", limit=MEMBERS_MAX)
        self._may_change(world)
        voters = world.consensus.membership().voters
        up = _in_touch(world, voters)
        # Counted as if the newcomer were a dead member already; one may always become two.
        if len(voters) > 1 and up < needed(len(voters) + 1):
            raise Refused("members-unhealthy", up=up, needed=needed(len(voters) + 1))
        machine = self._machine(world)
        cause = world.fault("member-joins", f"Machine/{machine.name}", node=machine.name)
        due = machines.switch_on(machine, world.now, world.settings.boot_duration, world.dice)
        world.timeline.at(due, "machine/booted", machine.name, (machine.boots,), Phase.REALITY)
        self._begin(world, Move(machine.name, JOINING, world.now, cause))

    def remove(self, world: "World", name: str) -> None:
        """Take a control plane node out: its member, its machine, its Node."""
        machine = world.machine(name)
        if machine.role != machines.CONTROL_PLANE:
            raise Refused("not-a-control-plane-node", node=name)
        if self.state.move is not None and self.state.move.node == name != "":
            raise Refused("members-changing", node=name)
        self._may_change(world)
        rest = [each for each in world.consensus.membership().voters if each != name]
        if not rest:
            raise Refused("last-control-plane-node", node=name)
        up = _in_touch(world, rest)
        if up < needed(len(rest)):
            raise Refused("members-would-lose-quorum", up=up, needed=needed(len(rest)))
        cause = world.fault("member-leaves", f"Machine/{name}", node=name)
        self._begin(world, Move(name, LEAVING, world.now, cause))

    def _may_change(self, world: "World") -> None:
        if self.state.move is not None:
            raise Refused("members-changing", node=self.state.move.node)
        if not world.has_quorum():
            raise Refused("members-without-quorum")

    def _machine(self, world: "World") -> machines.Machine:
        names = world.control_plane()
        numbers = [int(name.rpartition("-")[2]) for name in names]
        self.state.made = number = max(self.state.made, *numbers) + 1
        like = world.machines[names[0]]
        zones = sorted({world.machines[name].zone for name in names})
        # Beside the addresses of those that were there at birth, and of the workers.
        address, network = (f"10.0.0.{10 + number}", f"10.244.{number}")
        if number >= 10:
            address, network = f"10.0.1.{number % 250}", f"10.245.{number % 250}"
        machine = machines.Machine(
            name=f"cp-{number}",
            role=machines.CONTROL_PLANE,
            zone=zones[(number - 1) % len(zones)],
            cpu=like.cpu,
            memory=like.memory,
            disk=like.disk,
            power=machines.OFF,
            boots=0,
            since=world.now,
            address=address,
            pod_cidr=f"{network}.0/24",
        )
        machine_room.add_machine(world, machine)
        return machine

    # --- step by step

    def _begin(self, world: "World", move: Move) -> None:
        self.state.move = move
        self._look_again(world)

    def _look_again(self, world: "World") -> None:
        move = self.state.move
        if move is not None:
            data = (move.since,)
            world.timeline.at(world.now + LOOK, "membership/look", move.node, data, Phase.API)

    def look(self, world: "World", event: Event) -> None:
        """See how far a change is, and do what comes next."""
        move = self.state.move
        if move is None or event.data != (move.since,) or event.subject != move.node:
            return
        STAGES[move.stage](self, world, move)
        self._look_again(world)

    def _join(self, world: "World", move: Move) -> None:
        machine = world.machines[move.node]
        if not machine.is_on or world.store.get(Node, move.node) is None:
            return
        now = world.consensus.membership()
        if move.node not in now.learners:
            wanted = Membership(now.voters, (), (*now.learners, move.node))
            world.consensus.change_members(wanted, world.now)
            return
        world.consensus.seat(
            Member.new(move.node, now, world.dice, _rules(world)), world.now, running=False
        )
        world.api.state.servers[move.node] = Server(move.node, alive=False, joined=False)
        params = {"node": move.node}
        world.story("member-learns", f"Member/{move.node}", (move.cause,), **params)
        self._start_pods(world, move.node, ("etcd",), move.cause)
        move.stage = LEARNING

    def _learn(self, world: "World", move: Move) -> None:
        now = world.consensus.membership()
        if move.node in now.voters and not now.outgoing:
            world.story("member-promoted", f"Member/{move.node}", (move.cause,), node=move.node)
            self._start_pods(world, move.node, control_plane.PROCESSES[1:], move.cause)
            move.stage = STARTING
        elif world.consensus.has_caught_up(move.node, CAUGHT_UP_PERCENT):
            learners = tuple(each for each in now.learners if each != move.node)
            voters = tuple(sorted((*now.voters, move.node)))
            world.consensus.change_members(Membership(voters, (), learners), world.now)

    def _start(self, world: "World", move: Move) -> None:
        if world.api.state.servers[move.node].alive or not world.machines[move.node].is_on:
            self.state.move = None
            world.reality_changed(move.cause)

    def _leave(self, world: "World", move: Move) -> None:
        now, consensus = world.consensus.membership(), world.consensus
        if move.node not in now.everyone():
            self.state.move = None
            consensus.unseat(move.node, world.now)
            world.leave_room(move.node)
            del world.api.state.servers[move.node]
            aftermath.dismiss(world, move.node)
            machine_room.forget_machine(world, move.node)
            world.story("member-removed", f"Member/{move.node}", (move.cause,), node=move.node)
            world.reality_changed(move.cause)
        elif consensus.leader() == move.node:
            heirs = [each for each in now.voters if each != move.node]
            running = [each for each in heirs if control_plane.etcd_runs(world, each)]
            if running:
                consensus.transfer(running[0], world.now)
        elif not now.outgoing:
            voters = tuple(each for each in now.voters if each != move.node)
            consensus.change_members(Membership(voters, (), now.learners), world.now)

    def _start_pods(self, world: "World", node: str, names: tuple[str, ...], cause: int) -> None:
        """Lay files into the kubelet's folder; it runs them and mirrors them in the API."""
        because = Reason("kubelet-mirrors", {"pod": names[0], "node": node})
        writes = tuple(
            Write("create", with_defaults(pod), because)
            for pod in static_pods(world.machines[node])
            if pod.spec.containers[0].name in names
        )
        reply = Reply("api/ignored", node)
        world.api.send(world, "kubelet", node, writes, reply, (cause,))

    def etcd_started(self, world: "World", node: str) -> None:
        """The container of etcd runs on a machine: so does its member."""
        seat = world.consensus.state.seats.get(node)
        if seat is not None and not seat.running:
            world.consensus.power_on(node, world.now)


STAGES = {
    JOINING: Members._join,
    LEARNING: Members._learn,
    STARTING: Members._start,
    LEAVING: Members._leave,
}


def _in_touch(world: "World", names: "tuple[str, ...] | list[str]") -> int:
    leader = world.consensus.leader()
    return sum(each in names for each in world.members_in_touch(leader))


def _rules(world: "World") -> Rules:
    return next(iter(world.consensus.state.seats.values())).member.rules


HANDLERS = {"membership/look": lambda world, event: world.members.look(world, event)}
