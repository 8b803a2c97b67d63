"""Asks the ranking which pods of replicaset.json go first."""

from typing import Any

from simulation.kernel.units import SECOND
from simulation.kube.rules import ranking

Given = dict[str, Any]


def _age(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * SECOND)


def _pod(given: Given) -> ranking.RankedPod:
    return ranking.RankedPod(
        given["name"],
        given.get("node") or "",
        given.get("phase") or "",
        given.get("ready", False),
        _age(given.get("ready_age_s")),
        _age(given.get("created_age_s")),
        max(given.get("restarts") or [0]),
        max(given.get("sidecar_restarts") or [0]),
        int(given.get("deletion_cost") or 0),
        given.get("rank") or 0,
    )


def _order(difference: int) -> Given:
    return {"order": "equal" if not difference else "a_first" if difference < 0 else "b_first"}


def sort_active_pods(given: Given) -> Given:
    pods = ranking.in_order_of_deletion(list(map(_pod, given["pods"])), ranked=False)
    return {"delete_first_order": [pod.name for pod in pods]}


def compare_no_rank(given: Given) -> Given:
    return _order(ranking.compare(_pod(given["a"]), _pod(given["b"]), ranked=False))


def compare_ranked(given: Given) -> Given:
    by_logarithm = given.get("log_scale_down", True)
    pods = [given["a"], given["b"]]
    if not given.get("deletion_cost_enabled", True):
        pods = [{**pod, "deletion_cost": 0} for pod in pods]
    a, b = map(_pod, pods)
    return _order(ranking.compare(a, b, by_logarithm=by_logarithm))


def pods_to_delete(given: Given) -> Given:
    pods, related = list(map(_pod, given["pods"])), list(map(_pod, given["related"]))
    doomed = ranking.to_delete(pods, related, given["count"])
    return {"deleted_names_in_order": [pod.name for pod in doomed]}


def filter_active(given: Given) -> Given:
    active = [
        pod["name"]
        for pod in given["pods"]
        if pod["phase"] not in ("Succeeded", "Failed") and not pod.get("deleting")
    ]
    return {"active": active}


def slow_start_batch(given: Given) -> Given:
    left, calls, successes = given["calls_that_succeed_before_failing"], 0, 0
    for size in ranking.slow_start(given["count"], given["initial_batch"]):
        calls += size
        good = min(size, left - successes)
        successes += good
        if good < size:
            return {"calls_made": calls, "successes": successes, "error": True}
    return {"calls_made": calls, "successes": successes, "error": False}


ADAPTERS = {
    "sort_active_pods": sort_active_pods,
    "compare_no_rank": compare_no_rank,
    "compare_ranked": compare_ranked,
    "pods_to_delete": pods_to_delete,
    "filter_active": filter_active,
    "slow_start_batch": slow_start_batch,
}
