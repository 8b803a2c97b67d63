"""`etcdctl endpoint status` and friends: the members of etcd as they see themselves.

The forms are those of etcdctl 3.6 (etcdctl/ctlv3/command/printer*.go): simple, table and json.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulation.kernel.records import Record
from simulation.kube.kubelet.static_pods import ETCD_VERSION
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output
from simulation.kubectl.parse import not_here

if TYPE_CHECKING:
    from simulation.kube.world import World

PORT, PEER_PORT = 2379, 2380
STORAGE_VERSION = "3.6.0"
DB_BYTES, DB_BYTES_IN_USE = 3_100_000, 2_400_000
"""What the database of a small cluster takes on disk, and what of it is not free; told, not counted."""
TOOK = "4.2ms"
TIMED_OUT = "context deadline exceeded"
FORMS = ("simple", "table", "json")
WITH_VALUE = (
    "-w", "--write-out", "--endpoints", "--cacert", "--cert", "--key", "--command-timeout",
    "--dial-timeout", "--user", "--password",
)  # fmt: skip
SWITCHES = ("--cluster", "--hex", "--debug", "--insecure-skip-tls-verify", "--insecure-transport")
STATUS_HEAD = (
    "ENDPOINT", "ID", "VERSION", "STORAGE VERSION", "DB SIZE", "IN USE", "PERCENTAGE NOT IN USE",
    "QUOTA", "IS LEADER", "IS LEARNER", "RAFT TERM", "RAFT INDEX", "RAFT APPLIED INDEX", "ERRORS",
    "DOWNGRADE TARGET VERSION", "DOWNGRADE ENABLED",
)  # fmt: skip
MEMBERS_HEAD = ("ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER")
HEALTH_HEAD = ("ENDPOINT", "HEALTH", "TOOK", "ERROR")


class Asked(Record):
    """A line of etcdctl, understood."""

    words: tuple[str, ...]
    form: str = "simple"
    endpoints: tuple[str, ...] = ()
    """Addresses that were named; none means every member."""
    unknown: tuple[str, ...] = ()
    """Flags that none of the commands here has."""


def etcdctl(world: "World", words: list[str]) -> Output:
    """Answer an etcdctl command line."""
    asked = _understood(words[1:])
    what = " ".join(asked.words[:2])
    if what in _ANSWERS:
        if asked.unknown:
            raise CommandError(f"Error: unknown flag: {asked.unknown[0]}")
        return _ANSWERS[what](world, asked)
    if asked.words[:1] == ("version",):
        return Output(f"etcdctl version: {ETCD_VERSION}\nAPI version: 3.6\n")
    if not what:
        raise CommandError("etcdctl: try: etcdctl endpoint status -w table")
    raise not_here(f"etcdctl {what}", "etcdctl endpoint status -w table")


def _understood(words: list[str]) -> Asked:
    plain: list[str] = []
    flags: dict[str, str] = {}
    unknown: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word.startswith("-w") and word != "-w" and not word.startswith("--"):
            name, equals, value = "-w", "=", word[2:].removeprefix("=")
        if not word.startswith("-"):
            plain.append(word)
        elif name in SWITCHES:
            continue
        elif name not in WITH_VALUE:
            unknown.append(name)
        elif not equals and not rest:
            raise CommandError(f"Error: flag needs an argument: {name}")
        else:
            flags[name] = value if equals else rest.pop(0)
    form = flags.get("-w") or flags.get("--write-out") or "simple"
    if form not in FORMS:
        raise not_here(f"etcdctl -w {form}", "-w table, -w json or -w simple")
    endpoints = tuple(each for each in flags.get("--endpoints", "").split(",") if each)
    return Asked(tuple(plain), form, endpoints, tuple(unknown))


# --- endpoints and members


def _endpoints(world: "World", asked: Asked) -> list[tuple[str, str]]:
    """Return (address as it is shown, member) of each endpoint; the member is empty if it is nobody's."""
    members = {world.machines[name].address: name for name in world.control_plane()}
    if not asked.endpoints:
        return [(_address(world, name), name) for name in members.values()]
    bare = [each.rpartition("://")[2] for each in asked.endpoints]
    return [
        (shown, members.get(each.rpartition(":")[0] or each, ""))
        for shown, each in zip(asked.endpoints, bare, strict=True)
    ]


def _address(world: "World", name: str) -> str:
    return f"https://{world.machines[name].address}:{PORT}"


def _peer_address(world: "World", name: str) -> str:
    return f"https://{world.machines[name].address}:{PEER_PORT}"


def _number(world: "World", name: str) -> int:
    return world.dice.below(1 << 60, "etcd member id", name)


def _cluster_number(world: "World") -> int:
    return world.dice.below(1 << 60, "etcd cluster id")


def _is_learner(world: "World", name: str) -> bool:
    """Tell whether a member only learns yet, as its leader knows or else as it knows itself."""
    seats = world.consensus.state.seats
    seat = seats.get(world.consensus.leader() or name) or seats.get(name)
    return seat is not None and name in seat.member.membership.learners


# --- answers


def _status(world: "World", asked: Asked) -> Output:
    members = world.consensus.rows(world.now)
    found: list[tuple[str, str, dict[str, Any]]] = []
    problems: list[str] = []
    for address, name in _endpoints(world, asked):
        if not name or not world.is_up(name) or members[name]["role"] == "down":
            problems.append(f"Failed to get the status of endpoint {address} ({TIMED_OUT})\n")
        else:
            found.append((address, name, members[name]))
    if asked.form == "json":
        text = _json([_status_json(world, *each) for each in found])
    else:
        rows = [_status_row(world, *each) for each in found]
        text = _shown(asked.form, STATUS_HEAD, rows)
    return Output(text, "".join(problems), 1 if problems else 0)


def _status_row(world: "World", address: str, name: str, member: dict[str, Any]) -> list[str]:
    free = round(100 * (DB_BYTES - DB_BYTES_IN_USE) / DB_BYTES)
    return [
        address, f"{_number(world, name):x}", ETCD_VERSION, STORAGE_VERSION, _size(DB_BYTES),
        _size(DB_BYTES_IN_USE), f"{free}%", "0 B", _truth(member["role"] == "leader"),
        _truth(_is_learner(world, name)), str(member["term"]), str(member["last"]),
        str(member["commit"]), _errors(world, name), "", "false",
    ]  # fmt: skip


def _status_json(world: "World", address: str, name: str, member: dict[str, Any]) -> dict[str, Any]:
    server = world.api.state.servers.get(name)
    status: dict[str, Any] = {
        "header": {
            "cluster_id": _cluster_number(world),
            "member_id": _number(world, name),
            "revision": server.seen if server is not None else 0,
            "raft_term": member["term"],
        },
        "version": ETCD_VERSION,
        "dbSize": DB_BYTES,
    }
    if member["leader"]:
        status["leader"] = _number(world, str(member["leader"]))
    status |= {
        "raftIndex": member["last"], "raftTerm": member["term"], "raftAppliedIndex": member["commit"],
    }  # fmt: skip
    if _errors(world, name):
        status["errors"] = [_errors(world, name)]
    status["dbSizeInUse"] = DB_BYTES_IN_USE
    if _is_learner(world, name):
        status["isLearner"] = True
    return {
        "Endpoint": address,
        "Status": {**status, "storageVersion": STORAGE_VERSION, "downgradeInfo": {}},
    }


def _errors(world: "World", name: str) -> str:
    return "" if world.can_write_from(name) else "etcdserver: no leader"


def _health(world: "World", asked: Asked) -> Output:
    found = [
        (address, bool(name) and world.can_write_from(name))
        for address, name in _endpoints(world, asked)
    ]
    status = 0 if all(is_healthy for _, is_healthy in found) else 1
    unhealthy = "Error: unhealthy cluster\n" if status else ""
    if asked.form == "json":
        told = [
            {"endpoint": address, "health": is_healthy, "took": TOOK}
            if is_healthy
            else {"endpoint": address, "health": False, "took": "5s", "error": TIMED_OUT}
            for address, is_healthy in found
        ]
        return Output(_json(told), unhealthy, status)
    if asked.form == "table":
        rows = [
            [
                address,
                _truth(is_healthy),
                TOOK if is_healthy else "5s",
                "" if is_healthy else TIMED_OUT,
            ]
            for address, is_healthy in found
        ]
        return Output(boxed([list(HEALTH_HEAD), *rows]), unhealthy, status)
    good = "".join(
        f"{address} is healthy: successfully committed proposal: took = {TOOK}\n"
        for address, is_healthy in found
        if is_healthy
    )
    bad = "".join(
        f"{address} is unhealthy: failed to commit proposal: {TIMED_OUT}\n"
        for address, is_healthy in found
        if not is_healthy
    )
    return Output(good, bad + unhealthy, status)


def _members(world: "World", asked: Asked) -> Output:
    names = world.control_plane()
    if asked.form != "json":
        rows = [
            [
                f"{_number(world, name):x}", "started", name, _peer_address(world, name),
                _address(world, name), _truth(_is_learner(world, name)),
            ]
            for name in names
        ]  # fmt: skip
        return Output(_shown(asked.form, MEMBERS_HEAD, rows))
    asked_of = next((name for name in names if world.is_up(name)), names[0])
    members = [
        {
            "ID": _number(world, name), "name": name, "peerURLs": [_peer_address(world, name)],
            "clientURLs": [_address(world, name)],
            **({"isLearner": True} if _is_learner(world, name) else {}),
        }
        for name in names
    ]  # fmt: skip
    header = {
        "cluster_id": _cluster_number(world),
        "member_id": _number(world, asked_of),
        "raft_term": world.consensus.rows(world.now)[asked_of]["term"],
    }
    return Output(_json({"header": header, "members": members}))


_ANSWERS: dict[str, Callable[["World", Asked], Output]] = {
    "endpoint health": _health,
    "endpoint status": _status,
    "member list": _members,
}


# --- forms


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def _shown(form: str, head: tuple[str, ...], rows: list[list[str]]) -> str:
    if form == "table":
        return boxed([list(head), *rows])
    return "".join(f"{', '.join(row)}\n" for row in rows)


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
