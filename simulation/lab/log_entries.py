"""One place in etcd's log, opened: what lies there, in whose log, and what became of it."""

from typing import Any

from simulation.kernel.reasons import Refused
from simulation.kube.batches import Batch, Item
from simulation.kube.world import World
from simulation.raft.messages import Entry


def opened(world: World, index: int) -> dict[str, Any]:
    """Return what the members' logs hold at an index.

    {"index": 412, "oldest": 380, "newest": 415,   what can be opened at present
     "entries": [one for each content: two where logs disagree, the newer term first
       {"term": 3,
        "holds": "writes" | "empty" | "members" | "forgotten",
        "committed": true, "never": false,         never: something else is committed here
        "server": "cp-2",                          whose API server proposed it, "" if none did
        "applied_at": 123456 | null,               lab time
        "members": [{"member": "cp-1", "committed": true}],   who has it in the log
        "writes": [{"verb", "kind", "key", "by", "unanswered",
                    "because": {"key", "params"},
                    "outcome": "" | "committed" | "Conflict" …, "version": 0}],
        "membership": {"voters", "outgoing", "learners"} | null}],
     "compacted": ["cp-3"],                        who has it in the snapshot only
     "missing": ["cp-2"]}                          whose log does not reach so far

    `empty` is the entry with which a leader opens its term; of what is `forgotten` only the place
    is known. `unanswered`: its client gave up waiting before it was applied. An entry that
    all members have compacted has no `members`, and is committed.
    """
    logs = {name: seat.member.log for name, seat in world.consensus.state.seats.items()}
    kept = {batch.index: batch for batch in world.api.state.batches.values() if batch.index}
    oldest = min([*kept, *(log.first_index for log in logs.values())])
    newest = max(log.last_index for log in logs.values())
    if not oldest <= index <= newest:
        raise Refused("entry-unknown", index=index, oldest=oldest, newest=newest)
    holders: dict[int, list[str]] = {}
    for name, log in logs.items():
        if log.first_index <= index <= log.last_index:
            holders.setdefault(log.entries[index - log.first_index].term, []).append(name)
    is_decided = index <= max(log.committed for log in logs.values())
    entries = []
    for term in sorted(holders, reverse=True):
        log = logs[holders[term][0]]
        members = [
            {"member": name, "committed": index <= logs[name].committed} for name in holders[term]
        ]
        content = _content(world, log.entries[index - log.first_index])
        committed = any(each["committed"] for each in members)
        fate = {"committed": committed, "never": is_decided and not committed}
        entries.append({"term": term, **fate, "members": members, **content})
    if is_decided and not any(each["committed"] for each in entries) and index in kept:
        for each in entries:
            each["never"] = each["term"] != kept[index].term
        fate = {"committed": True, "never": False}
        term, content = kept[index].term, _writes(world, kept[index])
        entries.append({"term": term, **fate, "members": [], **content})
    return {
        "index": index,
        "oldest": oldest,
        "newest": newest,
        "entries": entries,
        "compacted": [name for name, log in logs.items() if index < log.first_index],
        "missing": [name for name, log in logs.items() if index > log.last_index],
    }


def _content(world: World, entry: Entry) -> dict[str, Any]:
    if entry.change is not None:
        change = entry.change
        membership = {
            "voters": list(change.voters),
            "outgoing": list(change.outgoing),
            "learners": list(change.learners),
        }
        return {**_NOTHING, "holds": "members", "membership": membership}
    if entry.data is None:
        return {**_NOTHING, "holds": "empty"}
    batch = world.api.state.batches.get(entry.data)
    return _writes(world, batch) if batch is not None else {**_NOTHING, "holds": "forgotten"}


_NOTHING: dict[str, Any] = {"server": "", "applied_at": None, "writes": [], "membership": None}


def _writes(world: World, batch: Batch) -> dict[str, Any]:
    return {
        **_NOTHING,
        "holds": "writes",
        "server": batch.server,
        "applied_at": batch.at if batch.index else None,
        "writes": [write for item in batch.items for write in _of_item(world, item)],
    }


def _of_item(world: World, item: Item) -> list[dict[str, Any]]:
    request = world.api.state.requests.get(item.request)
    is_waiting = not item.lines and request is not None and not request.results
    return [
        {
            "verb": line.verb,
            "kind": line.kind,
            "key": line.key,
            "by": item.client,
            "unanswered": item.unanswered or not (item.lines or is_waiting),
            "because": {"key": line.because.key, "params": line.because.params},
            "outcome": line.outcome,
            "version": line.version,
        }
        for line in item.to_read()
    ]
