"""Deltas of what can be seen: made, applied, merged and reversed.

What can be seen is a state of tables: {table: {key: row}}. A delta is a list of
[table, key, old, new] where None stands for "no row". Because both sides are kept, deltas merge
(a→b and b→c make a→c) and reverse, so a slow socket gets one delta instead of many, and a page
can run backwards by itself. The browser folds the same way; shared fixtures hold both to it.
"""

from typing import Any

Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]
Delta = list[list[Any]]


def difference(before: Tables, after: Tables) -> Delta:
    """Return the delta that leads from one state to another, sorted by table and key."""
    delta: Delta = []
    for table in sorted({*before, *after}):
        old_rows, new_rows = before.get(table, {}), after.get(table, {})
        if old_rows is new_rows:
            continue
        for key in sorted({*old_rows, *new_rows}):
            old, new = old_rows.get(key), new_rows.get(key)
            if old != new:
                delta.append([table, key, old, new])
    return delta


def apply(state: Tables, delta: Delta) -> Tables:
    """Return the state after a delta; the given state is not changed."""
    after = dict(state)
    copied: set[str] = set()
    for table, key, _, new in delta:
        if table not in copied:
            after[table] = dict(after.get(table, {}))
            copied.add(table)
        if new is None:
            after[table].pop(key, None)
        else:
            after[table][key] = new
    return {table: rows for table, rows in after.items() if rows}


def merge(first: Delta, second: Delta) -> Delta:
    """Return one delta that does what two do, one after the other."""
    merged: dict[tuple[str, str], list[Any]] = {}
    for table, key, old, new in [*first, *second]:
        known = merged.get((table, key))
        merged[(table, key)] = [table, key, known[2] if known else old, new]
    return [entry for _, entry in sorted(merged.items()) if entry[2] != entry[3]]


def reverse(delta: Delta) -> Delta:
    """Return the delta that leads back."""
    return [[table, key, new, old] for table, key, old, new in reversed(delta)]
