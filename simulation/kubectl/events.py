"""`kubectl events`: what components said about objects, oldest first."""

from typing import TYPE_CHECKING

from simulation.kube.objects.config import Event
from simulation.kube.rules.ages import age
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output, print_as
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import every
from simulation.kubectl.resources import RESOURCES, find
from simulation.kubectl.tables import layout

if TYPE_CHECKING:
    from simulation.kube.world import World


def chosen(world: "World", call: Call) -> list[Event]:
    """Return the events that namespace, --for and --types mean."""
    found = [each for each in every(world, "Event") if isinstance(each, Event)]
    if not call.on("all-namespaces"):
        found = [each for each in found if each.metadata.namespace == call.namespace]
    if call.given("for"):
        kind, slash, name = call.flag("for").partition("/")
        if not slash:
            raise CommandError("error: --for must be in resource/name form")
        wanted = find(kind).kind
        found = [
            each
            for each in found
            if (each.involved_object.kind, each.involved_object.name) == (wanted, name)
        ]
    if call.given("types"):
        types = [each.lower() for each in call.every("types")]
        if not set(types) <= {"normal", "warning"}:
            raise CommandError("error: valid --types are Normal or Warning")
        found = [each for each in found if each.type.lower() in types]
    return sorted(found, key=lambda each: each.last_timestamp or 0)


def events(world: "World", call: Call) -> Output:
    """Print the events."""
    found = chosen(world, call)
    if not found:
        where = "" if call.on("all-namespaces") else f" in {call.namespace} namespace."
        return Output("", f"No events found{where}\n")
    form = call.flag("output")
    if form not in ("", "wide"):
        return Output(print_as(world, form, [(RESOURCES["Event"], each) for each in found], True))
    everywhere = call.on("all-namespaces")
    head = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    rows = [] if call.on("no-headers") else [["NAMESPACE", *head] if everywhere else head]
    for each in found:
        row = event_row(each, world.now)
        rows.append([each.metadata.namespace, *row] if everywhere else row)
    return Output("".join(f"{line}\n" for line in layout(rows)))


def event_row(event: Event, now: int) -> list[str]:
    """Return the cells of an event."""
    seen = age(event.last_timestamp, now)
    if event.count > 1:
        seen = f"{seen} (x{event.count} over {age(event.first_timestamp, now)})"
    about = event.involved_object
    return [seen, event.type, event.reason, f"{about.kind}/{about.name}", event.message]
