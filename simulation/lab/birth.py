"""How a lab comes into being: machines, an elected control plane, and a cluster that has settled.

The scenario's objects are committed at once and then the cluster runs for a while before the lab
opens: what a learner meets is a cluster that came up by its own rules.
"""

from typing import Any

import msgspec
import yaml

from simulation.kernel.calendar import Calendar
from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Reason
from simulation.kernel.units import MINUTE, Instant
from simulation.kube.admission import commit
from simulation.kube.apiserver import Server
from simulation.kube.kubelet.adoption import adopt
from simulation.kube.kubelet.node_status import node_object, tell_started
from simulation.kube.kubelet.static_pods import static_pods
from simulation.kube.machine_room import plug_in
from simulation.kube.machines import CONTROL_PLANE, WORKER, Machine
from simulation.kube.manifests.codec import from_json
from simulation.kube.manifests.defaults import with_defaults
from simulation.kube.manifests.write_only import stored
from simulation.kube.objects.config import Namespace
from simulation.kube.objects.kinds import KINDS, AnyObject
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.pod import Pod
from simulation.kube.rules import quantities
from simulation.kube.settings import Settings
from simulation.kube.world import World, WorldState
from simulation.kube.writes import Committed, Write
from simulation.lab.bootstrap import system_objects
from simulation.raft.limits import MEMBERS_MAX

BORN: Instant = 0
OPENED: Instant = 2 * MINUTE
"""The cluster runs for two minutes before the lab opens; the learner's clock counts from there."""

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
BORN_WITH = Reason("lab-born")


def bear(seed: int, content: str, calendar: Calendar) -> World:
    """Return a new world as a scenario describes it, at instant BORN."""
    scenario = yaml.safe_load(content)
    members = len(scenario["controlPlane"])
    assert 1 <= members <= MEMBERS_MAX, f"a scenario with {members} control plane nodes"
    dice = Dice(seed)
    settings = msgspec.convert(scenario.get("settings", {}), Settings)
    world = World(dice, calendar, WorldState(now=BORN, settings=settings))
    world.traffic.state.solved_at = BORN
    world.quota = {str(name): int(pods) for name, pods in scenario.get("quota", {}).items()}
    _plug_in(world, scenario)
    _elect(world)
    for name in NAMESPACES:
        labels = {"kubernetes.io/metadata.name": name}
        _commit(world, Namespace(metadata=ObjectMeta(name=name, labels=labels)))
    for name in sorted(world.machines):
        _register(world, world.machines[name])
    for obj in system_objects([world.machines[name].address for name in world.control_plane()]):
        _commit(world, obj)
    for obj in objects_of(scenario.get("manifests", ""), calendar):
        _commit(world, obj)
    world.placement = {key: list(nodes) for key, nodes in scenario.get("placement", {}).items()}
    for server in world.api.state.servers.values():
        server.seen = world.store.version
    _take_offices(world)
    for route, rps in scenario.get("load", {}).items():
        world.set_load(str(route), int(rps))
    return world


def _plug_in(world: World, scenario: dict[str, Any]) -> None:
    groups = (
        (
            "cp",
            CONTROL_PLANE,
            scenario["controlPlane"],
            scenario.get("controlPlaneNode", {}),
            10,
            0,
        ),
        ("worker", WORKER, scenario["workers"], scenario.get("worker", {}), 20, 10),
    )
    for prefix, role, members, size, address, network in groups:
        for number, member in enumerate(members, 1):
            name = f"{prefix}-{number}"
            merged = {**size, **member}
            machine = Machine(
                name=name,
                role=role,
                zone=str(merged.get("zone", "")),
                cpu=quantities.milli(merged.get("cpu", "2")),
                memory=quantities.whole(merged.get("memory", "4Gi")),
                since=BORN,
                address=f"10.0.0.{address + number}",
                pod_cidr=f"10.244.{network + number}.0/24",
            )
            plug_in(world, machine)
            if role == CONTROL_PLANE:
                world.api.state.servers[name] = Server(name)
    world.state.workers_made = len(scenario["workers"])


def _elect(world: World) -> None:
    names = world.control_plane()
    first = world.dice.below(len(names), "first leader of etcd")
    world.consensus.start(names, world.now, leader=names[first])


def _take_offices(world: World) -> None:
    """Give the three offices to three different nodes, as far as there are three."""
    names = world.control_plane()
    first = names.index(world.consensus.leader() or names[0])
    for step, office in enumerate(sorted(world.offices.state.offices), 1):
        holder = names[(first + step) % len(names)]
        world.offices.take(world, office, holder)


def _register(world: World, machine: Machine) -> None:
    _commit(world, node_object(machine, world.now, world.settings.max_pods_per_node))
    world.kubelets.add(world, machine.name)
    tell_started(world, machine.name)
    world.readers.add(world, machine.name, machine.name)
    if machine.role == CONTROL_PLANE:
        for static in static_pods(machine):
            pod = _commit(world, with_defaults(static))
            assert isinstance(pod, Pod)
            _replace_silently(world, adopt(world, pod, world.now))


def objects_of(text: str, calendar: Calendar) -> list[AnyObject]:
    """Read the manifests of a scenario."""
    found = []
    for document in yaml.safe_load_all(text):
        if document:
            obj = from_json(stored(document["kind"], document), calendar)
            info = KINDS.get(document["kind"])
            if info is not None and info.namespaced and not obj.metadata.namespace:
                meta = msgspec.structs.replace(obj.metadata, namespace="default")
                obj = msgspec.structs.replace(obj, metadata=meta)
            found.append(with_defaults(obj))
    return found


def _commit(world: World, obj: AnyObject) -> AnyObject:
    result = commit(world, Write("create", obj, BORN_WITH), "lab", ())
    assert isinstance(result, Committed), f"{obj.metadata.name}: {result}"
    return result.object


def _replace_silently(world: World, pod: Pod) -> None:
    write = Write("patch", pod, BORN_WITH, ("status",))
    result = commit(world, write, "lab", ())
    assert isinstance(result, Committed), f"{pod.metadata.name}: {result}"
