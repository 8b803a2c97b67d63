"""Everything that exists in a lab, and who is told of what.

The world owns the parts and wires them together: reality tells the parts that live on it, the
store tells the readers, the readers tell the processes. It decides nothing itself.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from simulation.kernel.calendar import Calendar
from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Reason, Refused
from simulation.kernel.records import State
from simulation.kernel.timeline import Event, Timeline
from simulation.kernel.units import Instant
from simulation.kube import (
    aftermath,
    apiserver,
    control_plane,
    controllers,
    faults,
    heartbeats,
    kubernetes_service,
    leadership,
    manager,
    membership,
    offices,
    readers,
    server_health,
)
from simulation.kube.aftermath import Aftermath
from simulation.kube.apiserver import Api, ApiState
from simulation.kube.consensus import Consensus
from simulation.kube.consensus_state import ConsensusState
from simulation.kube.events import EventLog, EventLogState
from simulation.kube.happenings import Ledger
from simulation.kube.heartbeats import Heartbeats, HeartbeatsState
from simulation.kube.kubelet import kubelet, pressure
from simulation.kube.kubelet.kubelet import Kubelets, KubeletsState
from simulation.kube.leadership import Leadership, LeadershipState
from simulation.kube.machines import CONTROL_PLANE, ON, WORKER, Machine
from simulation.kube.manager import Manager, ManagerState, Tools
from simulation.kube.membership import Members, MembersState
from simulation.kube.network import traffic
from simulation.kube.network.links import Links, LinksState
from simulation.kube.network.traffic import Traffic, TrafficState
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.pod import Pod
from simulation.kube.offices import Offices, OfficesState
from simulation.kube.readers import Reader, Readers, ReadersState
from simulation.kube.scheduler import scheduler
from simulation.kube.scheduler.scheduler import Scheduler, SchedulerState
from simulation.kube.server_health import ServerHealth, ServerHealthState
from simulation.kube.settings import Settings
from simulation.kube.store import Change, Store, StoreState
from simulation.kube.workqueue import Note
from simulation.raft import quorum
from simulation.raft.roles import Role

SOURCES = {
    "daemonset": "daemonset-controller",
    "deployment": "deployment-controller",
    "disruption": "controllermanager",
    "node-lifecycle": "node-controller",
    "replicaset": "replicaset-controller",
    "taint-eviction": "taint-eviction-controller",
}
"""Controller to the component that its events name."""


class WorldState(State):
    """The given: everything a checkpoint holds."""

    now: Instant = 0
    last_fault: int = 0
    aftermath: Aftermath | None = None
    """The latest fault that silences a node, and what came of it."""
    workers_made: int = 0
    settings: Settings = msgspec.field(default_factory=Settings)
    machines: dict[str, Machine] = {}
    removed: dict[str, Instant] = {}
    """Machines that were taken away, and when, the earliest first."""
    links: LinksState = msgspec.field(default_factory=LinksState)
    consensus: ConsensusState | None = None
    store: StoreState = msgspec.field(default_factory=StoreState)
    api: ApiState = msgspec.field(default_factory=ApiState)
    readers: ReadersState = msgspec.field(default_factory=ReadersState)
    manager: ManagerState = msgspec.field(default_factory=ManagerState)
    scheduler: SchedulerState | None = None
    kubelets: KubeletsState = msgspec.field(default_factory=KubeletsState)
    heartbeats: HeartbeatsState = msgspec.field(default_factory=HeartbeatsState)
    offices: OfficesState | None = None
    traffic: TrafficState = msgspec.field(default_factory=TrafficState)
    leadership: LeadershipState = msgspec.field(default_factory=LeadershipState)
    members: MembersState = msgspec.field(default_factory=MembersState)
    ledger: Ledger = msgspec.field(default_factory=Ledger)
    events: EventLogState = msgspec.field(default_factory=EventLogState)
    quota: dict[str, int] = {}
    timeline: list[Event] = []
    server_health: ServerHealthState = msgspec.field(default_factory=ServerHealthState)


class World:
    """All parts of one lab, and the questions they ask each other."""

    def __init__(self, dice: Dice, calendar: Calendar, state: WorldState) -> None:
        self.state = state
        self.dice = dice
        self.calendar = calendar
        self.now = state.now
        self.settings = state.settings
        self.timeline = Timeline(state.timeline)
        self.machines = state.machines
        self.links = Links(dice, state.links)
        self.store = Store(state.store)
        self.api = Api(state.api)
        self.server_health = ServerHealth(state.server_health)
        self.readers = Readers(state.readers)
        self.manager = Manager(controllers.RECONCILERS, state.manager)
        self.scheduler = Scheduler(state.scheduler)
        self.kubelets = Kubelets(state.kubelets)
        self.heartbeats = Heartbeats(state.heartbeats)
        self.offices = Offices(state.offices)
        self.traffic = Traffic(state.traffic)
        self.leadership = Leadership(state.leadership)
        self.members = Members(state.members)
        self.ledger = state.ledger
        self.events = EventLog(state.events)
        self.quota = state.quota
        self._control_plane: list[str] | None = None
        self.last_fault = state.last_fault
        self.moves = 0
        """Events and commands so far, for those who ask whether anything can have changed."""
        self.consensus = Consensus(
            self.timeline,
            dice,
            self.links,
            self._applied,
            on_restore=self._restored,
            on_change=self._member_changed,
            state=state.consensus,
            tick=self.settings.raft_tick,
        )
        self.sessions: Any = None
        """The terminal's sessions; set by the lab, which knows kubectl."""
        self.placement: dict[str, list[str]] = {}
        """Where a scenario wants the first pods of a workload, while the lab is being born."""
        self.observers: list[Callable[[Change], None]] = []
        self.handlers: dict[str, Callable[[World, Event], None]] = {
            **apiserver.HANDLERS,
            **faults.HANDLERS,
            **heartbeats.HANDLERS,
            **leadership.HANDLERS,
            **kubelet.HANDLERS,
            **kubernetes_service.HANDLERS,
            **manager.HANDLERS,
            **membership.HANDLERS,
            **offices.HANDLERS,
            **readers.HANDLERS,
            **scheduler.HANDLERS,
            **server_health.HANDLERS,
            **traffic.HANDLERS,
            **dict.fromkeys(CONSENSUS_PURPOSES, _consensus_event),
        }
        self.replies: dict[str, Callable[..., None]] = {
            **kubelet.REPLIES,
            **manager.REPLIES,
            **scheduler.REPLIES,
            "api/ignored": lambda world, subject, data, results: None,
        }

    def given(self) -> WorldState:
        """Return the state for a checkpoint, brought up to date."""
        state = self.state
        state.now, state.last_fault = self.now, self.last_fault
        state.timeline = self.timeline.events()
        state.consensus = self.consensus.state
        state.events = self.events.given()
        state.scheduler = self.scheduler.state
        state.offices = self.offices.state
        state.readers = self.readers.state
        lagging = min((each.seen for each in self.readers.state.readers.values()), default=0)
        self.store.keep_changes_since(lagging)
        return state

    # --- questions

    def is_up(self, name: str) -> bool:
        """Tell whether a machine runs programs; places that are no machine always do."""
        machine = self.machines.get(name)
        return machine is None or machine.power == ON

    def control_plane(self) -> list[str]:
        """Return the names of the control plane machines."""
        if self._control_plane is None:
            named = sorted(self.machines.items())
            self._control_plane = [name for name, each in named if each.role == CONTROL_PLANE]
        return self._control_plane

    def workers(self) -> list[str]:
        """Return the names of the workers."""
        return sorted(n for n, each in self.machines.items() if each.role == WORKER)

    def members_in_touch(self, name: str) -> list[str]:
        """Return the running members that one of them can talk to, itself included."""
        if not control_plane.etcd_runs(self, name):
            return []
        return [
            each
            for each in self.consensus.membership().everyone()
            if control_plane.etcd_runs(self, each) and self.links.both_ways(name, each)
        ]

    def can_write_from(self, name: str) -> bool:
        """Tell whether writes through a control plane node's API server can be committed."""
        server = self.api.state.servers.get(name)
        if server is None or not server.alive or self.leadership.state.is_missed:
            return False
        return self.is_in_quorum(name)

    def is_in_quorum(self, name: str) -> bool:
        """Tell whether a member can talk to a majority of the voters."""
        touched = dict.fromkeys(self.members_in_touch(name), True)
        now = self.consensus.membership()
        votes = {each: each in touched for each in now.everyone()}
        return quorum.outcome(now, votes) is quorum.Outcome.WON

    def can_renew(self, node: str) -> bool:
        """Tell whether a node's kubelet can renew its lease."""
        if not self.kubelets.is_alive(self, node):
            return False
        reader = self.readers.state.readers.get(node)
        return reader is not None and bool(reader.server) and self.can_write_from(reader.server)

    def placed_at_birth(self, pod: Pod) -> str:
        """Return where the scenario wants a pod of a lab that is being born, or an empty text."""
        meta = pod.metadata
        owner = next((each.name for each in meta.owner_references if each.controller), meta.name)
        workload = owner.rpartition("-")[0] if meta.owner_references else owner
        wanted = self.placement.get(f"{meta.namespace}/{workload}")
        return wanted.pop(0) if wanted else ""

    def has_quorum(self) -> bool:
        """Tell whether any control plane node can get a write committed."""
        return any(map(self.can_write_from, self.control_plane()))

    # --- the ledger

    def story(self, key: str, subject: str, /, causes: tuple[int, ...] = (), **params: Any) -> int:
        """Write a happening down and return its number."""
        return self.ledger.add(self.now, Reason(key, params), subject, causes)

    def fault(self, key: str, subject: str, **params: Any) -> int:
        """Write down an act upon reality: the first cause of what follows."""
        self.last_fault = self.story(key, subject, (), **params)
        if aftermath.silences(Reason(key, params)):
            self.state.aftermath = aftermath.begins(self, self.last_fault)
        return self.last_fault

    def committed(self, change: Change) -> None:
        """The store has a new change."""
        if change.kind == "Node" and change.old is None and change.new is not None:
            self.heartbeats.add(self, change.key, self.now)
        if change.kind == "Node" and change.new is None:
            self.heartbeats.remove(change.key)
        if change.kind in ("Deployment", "Node"):
            aftermath.review(self)
        kubernetes_service.heard(self, change)
        for observer in self.observers:
            observer(change)

    def refuse_missing(self, kind: str, key: str) -> NoReturn:
        """Refuse a command about something that is not there, saying since when."""
        since = self.store.deleted_at(kind, key)
        if since is None:
            raise Refused("not-found", kind=kind, key=key)
        raise Refused("not-found-since", kind=kind, key=key, since=since)

    def machine(self, name: str) -> Machine:
        """Return the machine that a command means, or refuse the command, saying since when it is gone."""
        found = self.machines.get(name)
        if found is not None:
            return found
        since = self.state.removed.get(name)
        if since is None:
            raise Refused("machine-unknown", node=name)
        raise Refused("machine-removed", node=name, since=since)

    def tools(
        self, controller: str, notes: dict[str, Note] | None = None, refused: str = ""
    ) -> Tools:
        """Return what a controller may use beside its view."""
        holder = self.manager.state.holder
        source = SOURCES.get(controller, controller)

        def event(regarding: AnyObject, type: str, reason: str, message: str) -> None:
            self.events.add(self.now, source, holder, regarding, type, reason, message)

        hearts = self.heartbeats
        return Tools(
            self.dice,
            self.settings,
            event,
            hearts.noticed(self),
            hearts.last_look(self),
            hearts.state.memory.orders,
            notes or {},
            refused,
        )

    # --- wiring

    def reality_changed(self, cause: int = 0, before_ticks: bool = False) -> None:
        """Power or cables changed: everybody who notices such a thing by himself looks again.

        before_ticks: called from an event of phase REALITY, so that this instant's ticks and
        messages have yet to happen; a command comes when they have.
        """
        self.consensus.links_changed(self.now, before_ticks=before_ticks)
        self.leadership.review(self)
        self.readers.connections_changed(self)
        self._review(cause)
        self.traffic_changed(cause)

    def _review(self, cause: int = 0) -> None:
        self.leadership.tell_quorum(self, cause)
        self.server_health.review(self, cause)
        self.heartbeats.review(self, cause)
        self.offices.review(self, cause)

    def cables_changed(self, cause: int) -> None:
        """Somebody did something to a cable."""
        self.api.released(self)
        self.reality_changed(cause)

    def review_writers(self) -> None:
        """Writes go through again, or no more: whoever renews a lease is looked at."""
        self._review()
        self.traffic_changed()

    def traffic_changed(self, cause: int = 0) -> None:
        """Something that requests meet on their way changed."""
        self.traffic.changed(self)

    def traffic_solved(self) -> None:
        """It is known how requests fare from now on."""
        aftermath.review(self)

    def memory_taken(self, node: str) -> None:
        """Something on a machine takes more memory or disk."""
        pressure.review(self, node)

    def shutdown_done(self, node: str) -> None:
        """A machine's pods have stopped in order: now its power goes."""
        faults.power_goes(self, node)

    def container_started(self, node: str, container: str) -> None:
        """A container runs on a machine."""
        faults.container_started(self, node, container)
        control_plane.started(self, node, container)

    def container_ended(self, node: str, container: str) -> None:
        """A container's process ended on a machine that runs on."""
        control_plane.ended(self, node, container)

    def leave_room(self, name: str) -> None:
        """A machine is about to be taken away: its power goes first."""
        if self.machines[name].power != "off":
            faults.power_goes(self, name)

    def set_load(self, route: str, rps: int) -> None:
        """Let the users ask for a route at a rate."""
        self.traffic.set_load(self, route, rps)

    def reader_connected(self, reader: Reader) -> None:
        """A reader reached an API server."""
        if reader.name in self.machines:
            if "kube-proxy" not in self.machines[reader.name].stopped:
                self.traffic.thaw(self, reader.name)
            if reader.name in self.kubelets.state.kubelets:
                self.kubelets.connected(self, reader.name)
            self.heartbeats.review_one(self, reader.name)

    def reader_lost(self, reader: Reader) -> None:
        """A reader's connection broke."""
        if reader.name in self.machines:
            self.traffic.freeze(self, reader.name)
            self.kubelets.lost(self, reader.name)

    def heard(self, reader: Reader, changes: list[Change]) -> None:
        """A reader got news."""
        if reader.name == manager.READER:
            self.manager.heard(self, changes)
            self.heartbeats.heard(self, changes)
        elif reader.name == scheduler.READER:
            self.scheduler.heard(self, changes)
        else:
            self.kubelets.heard(self, reader.name, changes)
            if any(each.kind in readers.ROUTED for each in changes):
                self.traffic.news(self, reader.name)

    def relisted(self, reader: Reader) -> None:
        """A reader was away for too long and listed everything anew."""
        if reader.name == manager.READER:
            self.manager.relist(self)
        elif reader.name == scheduler.READER:
            self.scheduler.relisted(self)
        else:
            self.kubelets.relisted(self, reader.name)
            self.traffic.news(self, reader.name)

    def office_taken(self, office: str, holder: str) -> None:
        """A process won its lease: it begins to work."""
        part = self.manager if office == manager.READER else self.scheduler
        part.start(self, holder)

    def office_lost(self, office: str, holder: str) -> None:
        """A process lost its lease: its work stops."""
        part = self.manager if office == manager.READER else self.scheduler
        part.stop(self)

    def _applied(self, member: str, index: int, term: int, data: Any, now: Instant) -> None:
        self.api.applied(self, member, index, term, data if isinstance(data, int) else None)

    def _restored(self, member: str, index: int, term: int, now: Instant) -> None:
        self.api.applied(self, member, index, term, None)

    def _member_changed(self, member: str, role: Role, term: int, now: Instant) -> None:
        self.leadership.member_changed(self, member, role, term)

    def machines_changed(self) -> None:
        """A machine was plugged in or taken away."""
        self._control_plane = None


CONSENSUS_PURPOSES = (
    "consensus/deliver",
    "consensus/forget",
    "consensus/propose",
    "consensus/settle",
    "consensus/stand",
    "consensus/synced",
    "consensus/tick",
)


def _consensus_event(world: World, event: Event) -> None:
    world.consensus.handle(event)
