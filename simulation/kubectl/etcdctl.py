"""`etcdctl endpoint status` and friends: the members of etcd as they see themselves."""

from typing import TYPE_CHECKING

from simulation.kube.kubelet.static_pods import ETCD_VERSION
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output
from simulation.kubectl.parse import not_here

if TYPE_CHECKING:
    from simulation.kube.world import World

PORT = 2379


def etcdctl(world: "World", words: list[str]) -> Output:
    """Answer an etcdctl command line."""
    plain = [word for word in words[1:] if not word.startswith("-") and word not in ("table", "json", "simple")]
    what = " ".join(plain[:2])
    if what == "endpoint status":
        return _status(world)
    if what == "endpoint health":
        return _health(world)
    if what == "member list":
        return _members(world)
    if what == "version" or plain[:1] == ["version"]:
        return Output(f"etcdctl version: {ETCD_VERSION}\nAPI version: 3.6\n")
    if not what:
        raise CommandError("etcdctl: try: etcdctl endpoint status -w table")
    raise not_here(f"etcdctl {what}", "etcdctl endpoint status -w table")


def boxed(rows: list[list[str]]) -> str:
    """Return a table in the frame that etcdctl draws."""
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [rule]
    for place, row in enumerate(rows):
        aligned = (
            cell.center(width) if place == 0 else cell.rjust(width)
            for cell, width in zip(row, widths, strict=True)
        )
        lines.append("|" + "|".join(f" {cell} " for cell in aligned) + "|")
        if place == 0:
            lines.append(rule)
    return "\n".join([*lines, rule]) + "\n"


def _address(world: "World", name: str) -> str:
    return f"https://{world.machines[name].address}:{PORT}"


def _id(world: "World", name: str) -> str:
    return f"{world.dice.below(1 << 60, 'etcd member id', name):x}"


def _status(world: "World") -> Output:
    members = world.consensus.rows(world.now)
    rows = [["ENDPOINT", "ID", "VERSION", "DB SIZE", "IS LEADER", "IS LEARNER", "RAFT TERM", "RAFT INDEX",
             "RAFT APPLIED INDEX", "ERRORS"]]
    problems = []
    for name in world.control_plane():
        member = members[name]
        if not world.is_up(name):
            problems.append(
                f"Failed to get the status of endpoint {_address(world, name)} "
                "(context deadline exceeded)\n"
            )
            continue
        leads = member["role"] == "leader"
        rows.append(
            [
                _address(world, name), _id(world, name), ETCD_VERSION, "3.1 MB",
                "true" if leads else "false", "false", str(member["term"]), str(member["last"]),
                str(member["commit"]), "" if world.can_write_from(name) else "etcdserver: no leader",
            ]
        )
    return Output(boxed(rows), "".join(problems), 1 if problems else 0)


def _health(world: "World") -> Output:
    good, bad = [], []
    for name in world.control_plane():
        address = _address(world, name)
        if world.can_write_from(name):
            good.append(f"{address} is healthy: successfully committed proposal: took = 4.2ms\n")
        else:
            bad.append(f"{address} is unhealthy: failed to commit proposal: context deadline exceeded\n")
    if bad:
        bad.append("Error: unhealthy cluster\n")
    return Output("".join(good), "".join(bad), 1 if bad else 0)


def _members(world: "World") -> Output:
    return Output(
        "".join(
            f"{_id(world, name)}, started, {name}, https://{world.machines[name].address}:2380, "
            f"{_address(world, name)}, false\n"
            for name in world.control_plane()
        )
    )
