"""Tables as kubectl prints them: three spaces between columns, six characters at least."""

from simulation.kernel.calendar import Calendar
from simulation.kernel.units import Instant
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.objects.service import Service
from simulation.kube.rules.printing import columns, external_ip, row, selector_text
from simulation.kubectl.resources import Resource

PADDING = 3
WIDTH_MIN = 6


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
    return [each.name.upper() for each in columns(kind) if wide or not each.wide]


def cells(obj: AnyObject, now: Instant, wide: bool, calendar: Calendar | None = None) -> list[str]:
    """Return the texts of an object's row."""
    found = row(obj, now, calendar)
    if wide and isinstance(obj, Service):
        found[3] = external_ip(obj, wide=True)
    shown = zip(columns(kind_of(obj)), found, strict=True)
    return [str(cell) for each, cell in shown if wide or not each.wide]


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
    calendar: Calendar | None = None,
) -> list[list[str]]:
    """Return the rows of one kind's table, its header first."""
    rows: list[list[str]] = []
    if not no_headers:
        head = headers(resource.kind, wide)
        head += [each.rpartition("/")[2].upper() for each in label_columns]
        head += ["LABELS"] if with_labels else []
        rows.append(["NAMESPACE", *head] if with_namespace else head)
    for obj in objects:
        found = cells(obj, now, wide, calendar)
        if with_kind and resource.kind != "Event":
            found[0] = f"{resource.typed}/{found[0]}"
        labels = obj.metadata.labels
        found += [labels.get(each, "") for each in label_columns]
        found += [selector_text(labels)] if with_labels else []
        rows.append([obj.metadata.namespace, *found] if with_namespace else found)
    return rows
