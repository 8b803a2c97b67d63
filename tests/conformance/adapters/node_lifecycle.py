"""Asks the node controllers and the kubelet's back-off the questions of node_lifecycle.json."""

from typing import Any

import msgspec

from simulation.kernel.dice import Dice
from simulation.kernel.units import SECOND
from simulation.kube.controllers.node_lifecycle import POD, no_schedule
from simulation.kube.heartbeats import SEEN_AFTER, Heart
from simulation.kube.kubelet.stages import ContainerRun, crash_delay, next_crash_delay
from simulation.kube.objects.meta import Condition, ObjectMeta
from simulation.kube.objects.pod import Pod, PodSpec, PodStatus, Toleration
from simulation.kube.rules import backoff, zones
from simulation.kube.rules.admitting import fill_in
from simulation.kube.rules.pods import is_ready
from simulation.kube.rules.taints import minimum
from simulation.kube.settings import Settings
from simulation.kube.store import Store
from tests.conformance.adapters.node_lifecycle_worlds import (
    NODE,
    EvictionWorld,
    NodeWorld,
    condition,
    ms,
    node,
    toleration,
)

replace = msgspec.structs.replace

Given = dict[str, Any]


def zone_state(given: Given) -> Given:
    ready = [True] * given["ready_nodes"] + [False] * given["not_ready_nodes"]
    percent = round(100 * given["unhealthy_zone_threshold"])
    return {"state": str(zones.state_of(ready, percent)), "not_ready_counted": ready.count(False)}


def _states(world: NodeWorld) -> dict[str, str]:
    return {name: str(zone.state) for name, zone in world.heartbeats.state.memory.zones.items()}


def zone_transition(given: Given) -> Given:
    world = NodeWorld(given)
    for each in given["nodes"]:
        excluded = each["excluded_from_disruption_checks"]
        made = node(each["name"], each["ready"], each["zone"], excluded, each["created_s"])
        world.register(made, 0 if each["ready"] else None)
    world.look()
    initial = _states(world)

    world.advance(ms(given["after_s"]) or 0)
    for each, ready in zip(given["nodes"], given["ready_later"], strict=True):
        if ready == "True":
            world.heartbeats.state.hearts[each["name"]] = Heart(True, world.now, world.now)
        world.report(each["name"], ready)
    world.look()
    return {"zone_states_initial": initial, "zone_states_later": _states(world)}


def disruption_exclusion(given: Given) -> Given:
    return {"excluded": not zones.counts_for_disruption(given["labels"])}


def _heartbeats(state: Given) -> int | None:
    """Return the latest sign of life: the lease, or a posted status."""
    signs = [state.get("lease_renewed_s")]
    signs += [each.get("heartbeat_s") for each in state["conditions"] if each["type"] == "Ready"]
    return max((ms(each) or 0 for each in signs if each is not None), default=None)


def node_health(given: Given) -> Given:
    world = NodeWorld(given)
    states = [given, *([given["later"]] if "later" in given else [])]
    states += [states[-1]] * (len(given["checks_at_s"]) - len(states))
    pod = Pod(
        metadata=ObjectMeta(name="pod0", namespace="default", uid="pod0"),
        spec=PodSpec(node_name=NODE),
        status=PodStatus("Running", (Condition("Ready", "True"),)),
    )
    world.put(pod)
    for number, (at, state) in enumerate(zip(given["checks_at_s"], states, strict=True)):
        world.now = ms(at) or 0
        if number == 0 or state is not states[number - 1]:
            conditions = tuple(map(condition, state["conditions"]))
            made = node(NODE, None, "", False, given["created_s"], conditions)
            # What the case gives is there when the controller looks.
            signed = _heartbeats(state)
            world.register(made, None if signed is None else signed - SEEN_AFTER)
        world.look()
    found = world.store.get("Node", NODE)
    touched = [
        write
        for _, write in world.written
        if write.object.metadata.name == NODE and "status.conditions" in write.fields
    ]
    return {
        "node_status_changed": bool(touched),
        "pods_marked_not_ready": not is_ready(world.store.get("Pod", "default/pod0")),
        "conditions": [
            {
                "type": each.type,
                "status": each.status,
                "reason": each.reason,
                "message": each.message,
                "heartbeat_s": (each.last_heartbeat_time or 0) / SECOND,
                "transition_s": (each.last_transition_time or 0) / SECOND,
            }
            for each in found.status.conditions
        ],
    }


def taint_by_condition(given: Given) -> Given:
    conditions = tuple(Condition(type, status) for type, status in given["conditions"].items())
    made = node(conditions=conditions)
    if given.get("unschedulable"):
        made = replace(made, spec=replace(made.spec, unschedulable=True))
    return {"taints": [f"{each.key}:{each.effect}" for each in no_schedule(made, 0)]}


def noexecute_taints(given: Given) -> Given:
    world = NodeWorld()
    for name, ready in given["nodes"].items():
        world.register(node(name, ready), 0, renewing=True)
    world.look()
    world.advance(60 * SECOND)
    for each in given["then"]:
        world.report(each["node"], each["ready"])
    world.advance(120 * SECOND)
    taints = {
        name: [each for each in world.taints(name) if each.endswith("NoExecute")]
        for name in given["nodes"]
    }
    every = {each for found in taints.values() for each in found}
    keys = every | {f"{key}:NoExecute" for key in zones.TAINT_OF.values()}
    return {
        "no_taints_on": [
            name
            for name in sorted(taints)
            if not taints[name] and name in {each["node"] for each in given["then"]}
        ],
        "present": {name: found[0] for name, found in taints.items() if found},
        "absent": {name: next(iter(sorted(keys - set(found)))) for name, found in taints.items()},
    }


def pod_added_to_node(given: Given) -> Given:
    world = NodeWorld()
    world.put(node(NODE, given["node_ready"]))
    if given["node_health_known"]:
        world.heartbeats.state.hearts[NODE] = Heart(True, 0, 0)
    conditions = (Condition("Ready", given["pod_ready_before"]),)
    meta = ObjectMeta(name="pod0", namespace="default", uid="pod0")
    status = PodStatus("Running", conditions)
    world.put(Pod(metadata=meta, spec=PodSpec(node_name=NODE), status=status))
    world.visit(f"{POD}default/pod0")
    return {"pod_marked_not_ready": bool(world.written)}


def eviction(given: Given) -> Given:
    world = EvictionWorld()
    world.pod("pod0", given["pod_on_node"], given["tolerations"])
    world.taint(given.get("taints_before") or [])
    world.advance(0)
    for step in given["taints_over_time"]:
        world.advance(ms(step["at_s"]) or 0)
        world.taint(step["taints"])
    world.advance(ms(given["observe_until_s"]) or 0)
    at = world.evicted_at("pod0")
    return {"evicted": at is not None, "evicted_at_s": at}


def eviction_pod_update(given: Given) -> Given:
    world = EvictionWorld()
    world.taint(given["taints"])
    before, after = given["before"], given["after"]
    world.pod("pod0", before["on_node"], before["tolerations"])
    world.advance(1)
    assert world.is_scheduled("pod0") == given["eviction_already_scheduled"]
    world.pod("pod0", after["on_node"], after["tolerations"])
    world.advance(2 * SECOND)
    at = world.evicted_at("pod0")
    return {"evicted": at is not None, "evicted_at_s": None if at is None else round(at)}


def eviction_multi(given: Given) -> Given:
    world = EvictionWorld()
    for name, tolerations in given["pods"].items():
        world.pod(name, True, tolerations)
    world.taint(given["taints"])
    world.advance(600 * SECOND)
    return {"evicted_at_s": {name: world.evicted_at(name) for name in given["pods"]}}


def min_toleration(given: Given) -> Given:
    used = [Toleration(toleration_seconds=each) for each in given["toleration_seconds"]]
    wait = minimum(used)
    return {"wait_s": None if wait is None else wait // SECOND}


def eviction_sequence(given: Given) -> Given:
    world = EvictionWorld()
    world.pod("pod0", True, given["tolerations"])
    scheduled = []
    for number, keys in enumerate(given["steps"]):
        world.advance(number * 10)
        world.taint([{"key": key} for key in keys])
        world.advance(number * 10 + 5)
        scheduled.append(world.is_scheduled("pod0"))
    world.advance(600 * SECOND)
    evicted = world.evicted_at("pod0") is not None
    return {"eviction_scheduled_after_step": scheduled, "evicted": evicted}


def default_tolerations(given: Given) -> Given:
    assert given["default_not_ready_s"] == given["default_unreachable_s"]
    rules = Settings(toleration_seconds=given["default_not_ready_s"])
    pod = Pod(spec=PodSpec(tolerations=tuple(map(toleration, given["tolerations"]))))
    filled = fill_in(pod, Store(), rules, Dice(1))
    return {
        "tolerations": [
            {
                "key": each.key,
                "operator": each.operator,
                "value": each.value,
                "effect": each.effect,
                "seconds": each.toleration_seconds,
            }
            for each in filled.spec.tolerations
        ]
    }


def defaults(given: Given) -> Given:
    rules = Settings()
    return {
        "node_monitor_grace_s": rules.node_monitor_grace // SECOND,
        "node_startup_grace_s": rules.node_startup_grace // SECOND,
    }


def _backoff(given: Given) -> backoff.Backoff:
    return backoff.Backoff(given["initial_s"] * SECOND, given["max_s"] * SECOND)


def _delays(rules: backoff.Backoff, runs: list[float]) -> list[float]:
    now, failures, delays = 0, backoff.Failures(), []
    for seconds in runs:
        finished = now + round(seconds * SECOND)
        delay = backoff.wait_after(rules, failures, finished)
        delays.append(delay / SECOND)
        now = finished + delay
        failures = backoff.counted(rules, failures, finished, now)
    return delays


def crashloop_series(given: Given) -> Given:
    delays = _delays(_backoff(given), [0] * given["failures"])
    return {"delay_before_restart_after_failure_s": delays}


def crashloop_runs(given: Given) -> Given:
    runs = given["run_seconds_before_each_failure"]
    rules = _backoff(given)
    if rules != backoff.configured():
        return {"delay_before_restart_after_failure_s": _delays(rules, runs)}
    container, now, delays = ContainerRun("main"), 0, []
    for seconds in runs:
        finished = now + round(seconds * SECOND)
        delays.append(crash_delay(container, finished) / SECOND)
        now = finished + crash_delay(container, finished)
        next_crash_delay(container, finished, now)
    return {"delay_before_restart_after_failure_s": delays}


def crashloop_config(given: Given) -> Given:
    limit = ms(given.get("configured_max_s"))
    rules = backoff.configured(given["reduced_default_enabled"], limit)
    return {"max_s": rules.limit / SECOND, "initial_s": rules.first / SECOND}


def backoff_values(given: Given) -> Given:
    rules, failures, now, values = _backoff(given), backoff.Failures(), 0, []
    for _ in range(given["calls"]):
        now += round(given["advance_before_each_s"] * SECOND)
        values.append(failures.wait / SECOND)
        failures = backoff.counted(rules, failures, now, now)
    return {
        "value_before_each_call_s": values,
        "after_reset_s": backoff.wait_after(rules, backoff.Failures(), now),
    }


def backoff_expiry(given: Given) -> Given:
    rules, failures, now = _backoff(given), backoff.Failures(), 0
    for _ in range(given["failures_first"]):
        failures = backoff.counted(rules, failures, now, now)
    now += ms(given["then_idle_s"]) or 0
    if given["then_fail_once"]:
        failures = backoff.counted(rules, failures, now, now)
    return {"value_s": failures.wait / SECOND}


def backoff_window(given: Given) -> Given:
    rules, failures, rows = _backoff(given), backoff.Failures(), []
    instants = given.get("at_s") or [*range(36), 56, 57]
    for second in instants:
        now = second * SECOND
        waits = now - failures.counted_at < backoff.wait_after(rules, failures, now)
        value = failures.wait / SECOND if waits else None
        rows.append({"at_s": second, "in_backoff": waits, "value_s": value})
        if not waits:
            failures = backoff.counted(rules, failures, now, now)
    return {"rows": rows}


ADAPTERS = {
    "zone_state": zone_state,
    "zone_transition": zone_transition,
    "disruption_exclusion": disruption_exclusion,
    "node_health": node_health,
    "taint_by_condition": taint_by_condition,
    "noexecute_taints": noexecute_taints,
    "pod_added_to_node": pod_added_to_node,
    "eviction": eviction,
    "eviction_pod_update": eviction_pod_update,
    "eviction_multi": eviction_multi,
    "min_toleration": min_toleration,
    "eviction_sequence": eviction_sequence,
    "default_tolerations": default_tolerations,
    "defaults": defaults,
    "crashloop_series": crashloop_series,
    "crashloop_runs": crashloop_runs,
    "crashloop_config": crashloop_config,
    "backoff_values": backoff_values,
    "backoff_expiry": backoff_expiry,
    "backoff_window": backoff_window,
}
