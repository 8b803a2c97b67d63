"""Tables as kubectl prints them: three spaces between columns, six characters at least."""

from typing import Any

from simulation.kernel.units import Instant
from simulation.kube.objects.config import Event
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.objects.service import Service
from simulation.kube.rules.ages import age
from simulation.kube.rules.printing import Column, columns, external_ip, row, selector_text
from simulation.kubectl.resources import Resource

PADDING = 3
WIDTH_MIN = 6
EVENT_COLUMNS = tuple(
    Column(name, wide)
    for name, wide in (
        ("Last Seen", False), ("Type", False), ("Reason", False), ("Object", False),
        ("Subobject", True), ("Source", True), ("Message", False), ("First Seen", True),
        ("Count", True), ("Name", True),
    )
)
ENDPOINTS_SHOWN = 3


def layout(rows: list[list[str]], widths: list[int] | None = None) -> list[str]:
    """Return rows as aligned lines; the last column is not padded.

    widths: those of earlier lines, which a watch remembers; they grow in place.
    """
    widths = [] if widths is None else widths
    for cells in rows:
        widths += [0] * (len(cells) - len(widths))
        for number, cell in enumerate(cells):
            widths[number] = max(widths[number], len(cell) + PADDING, WIDTH_MIN)
    return [
        "".join(
            cell if number == len(cells) - 1 else cell.ljust(widths[number])
            for number, cell in enumerate(cells)
        ).rstrip()
        for cells in rows
    ]


def headers(kind: str, wide: bool) -> list[str]:
    """Return the column names of a kind, upper-cased."""
    shown = EVENT_COLUMNS if kind == "Event" else _columns(kind)
    return [each.name.upper() for each in shown if wide or not each.wide]


def _columns(kind: str) -> tuple[Column, ...]:
    if kind == "Endpoints":
        return (Column("Name"), Column("Endpoints"), Column("Age"))
    return columns(kind)


def cells(obj: AnyObject, now: Instant, wide: bool) -> list[str]:
    """Return the texts of an object's row."""
    kind = kind_of(obj)
    if isinstance(obj, Event):
        shown, found = EVENT_COLUMNS, _event(obj, now)
    elif kind == "Endpoints":
        shown, found = _columns(kind), _endpoints(obj, now)
    else:
        shown, found = columns(kind), row(obj, now)
        if wide and isinstance(obj, Service):
            found = [*found]
            found[3] = external_ip(obj, wide=True)
    return [str(cell) for each, cell in zip(shown, found, strict=True) if wide or not each.wide]


def _event(event: Event, now: Instant) -> list[Any]:
    about = event.involved_object
    return [
        age(event.last_timestamp, now),
        event.type,
        event.reason,
        f"{about.kind.lower()}/{about.name}",
        "",
        event.reporting_component,
        event.message.strip(),
        age(event.first_timestamp, now),
        event.count,
        event.metadata.name,
    ]


def _endpoints(obj: AnyObject, now: Instant) -> list[Any]:
    addresses: list[str] = obj.rest.get("addresses", [])
    shown = ",".join(addresses[:ENDPOINTS_SHOWN])
    if len(addresses) > ENDPOINTS_SHOWN:
        shown += f" + {len(addresses) - ENDPOINTS_SHOWN} more..."
    return [obj.metadata.name, shown or "<none>", age(obj.metadata.creation_timestamp, now)]


def table(
    resource: Resource,
    objects: list[AnyObject],
    now: Instant,
    *,
    wide: bool = False,
    with_namespace: bool = False,
    with_labels: bool = False,
    label_columns: tuple[str, ...] = (),
    with_kind: bool = False,
    no_headers: bool = False,
) -> list[list[str]]:
    """Return the rows of one kind's table, its header first."""
    rows: list[list[str]] = []
    if not no_headers:
        head = headers(resource.kind, wide)
        head += [each.rpartition("/")[2].upper() for each in label_columns]
        head += ["LABELS"] if with_labels else []
        rows.append(["NAMESPACE", *head] if with_namespace else head)
    for obj in objects:
        found = cells(obj, now, wide)
        if with_kind and resource.kind != "Event":
            found[0] = f"{resource.typed}/{found[0]}"
        labels = obj.metadata.labels
        found += [labels.get(each, "") for each in label_columns]
        found += [selector_text(labels)] if with_labels else []
        rows.append([obj.metadata.namespace, *found] if with_namespace else found)
    return rows
