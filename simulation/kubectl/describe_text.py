"""Lines with tabs, aligned as Go's text/tabwriter aligns them for kubectl."""

from typing import Any

PADDING = 2
ANNOTATION_WIDTH = 140
"""Longer annotations stand on lines of their own, cut there."""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
NONE, UNSET = "<none>", "<unset>"

Json = dict[str, Any]
Lines = list[str]


def aligned(lines: Lines) -> str:
    """Return lines with their tab-terminated cells aligned, column by column.

    A column reaches over neighbouring lines only: a line without the cell ends it.
    """
    rows = [line.split("\t") for line in lines]
    widths: list[list[int]] = [[] for _ in rows]
    _measure(rows, widths, 0, len(rows), 0)
    printed = (
        "".join(
            cell.ljust(width[place]) if place < len(row) - 1 else cell
            for place, cell in enumerate(row)
        )
        for row, width in zip(rows, widths, strict=True)
    )
    return "".join(f"{line}\n" for line in printed)


def _measure(rows: list[Lines], widths: list[list[int]], start: int, end: int, column: int) -> None:
    at = start
    while at < end:
        if column >= len(rows[at]) - 1:
            at += 1
            continue
        first = at
        while at < end and column < len(rows[at]) - 1:
            at += 1
        width = max(len(rows[number][column]) for number in range(first, at)) + PADDING
        for number in range(first, at):
            widths[number].append(width)
        _measure(rows, widths, first, at, column + 1)


def labels(title: str, values: dict[str, str] | None, before: str = "") -> Lines:
    """Return labels one below the other, <none> if there are none."""
    texts = [f"{key}={value}" for key, value in sorted((values or {}).items())] or [NONE]
    return _several(f"{before}{title}:", texts, before)


def annotations(title: str, values: dict[str, str] | None, before: str = "") -> Lines:
    """Return annotations one below the other; the one that apply keeps for itself is left out."""
    texts: Lines = []
    for key, value in sorted((values or {}).items()):
        if key == LAST_APPLIED:
            continue
        if len(value) < ANNOTATION_WIDTH and "\n" not in value:
            texts.append(f"{key}: {value}")
            continue
        texts.append(f"{key}:")
        texts += [f"  {_shortened(line)}" for line in value.removesuffix("\n").split("\n")]
    return _several(f"{before}{title}:", texts or [NONE], before)


def _shortened(line: str) -> str:
    most = ANNOTATION_WIDTH - 2
    return line if len(line) <= most else f"{line[:most]}..."


def _several(head: str, texts: Lines, before: str) -> Lines:
    # What follows stands below without the margin: an empty cell, as kubectl writes it.
    return [f"{head}\t{texts[0]}", *(f"\t{text}" for text in texts[1:])]


def selector(given: Json | None) -> str:
    """Return a label selector on one line."""
    if given is None:
        return NONE
    labelled = given.get("matchLabels") or {}
    words = [(key, f"{key}={value}") for key, value in labelled.items()]
    for each in given.get("matchExpressions") or ():
        key, values = each.get("key"), ",".join(sorted(each.get("values") or ()))
        text = {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }.get(each.get("operator"), key)
        words.append((key, text))
    return ",".join(text for _, text in sorted(words)) or NONE


def truth(value: Any) -> str:
    """Return a truth value as Go prints it."""
    return "true" if value else "false"
