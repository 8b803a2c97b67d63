"""What a command prints, and the forms that `-o` can give it."""

import json
import re
from typing import TYPE_CHECKING, Any

from simulation.kernel.records import Record
from simulation.kube.manifests.codec import to_json, to_yaml
from simulation.kube.objects.kinds import AnyObject
from simulation.kubectl.errors import CommandError
from simulation.kubectl.jsonpath import (
    Walk,
    column_text,
    custom_columns,
    render,
    steps_of,
    values_at,
)
from simulation.kubectl.numbers import is_whole
from simulation.kubectl.parse import not_here
from simulation.kubectl.resources import Resource
from simulation.kubectl.tables import layout

if TYPE_CHECKING:
    from simulation.kube.world import World

Found = list[tuple[Resource, AnyObject]]
FORMS = (
    "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,"
    "jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml"
)


ELSEWHERE = {
    "custom-columns-file": "-o custom-columns",
    "go-template": "-o jsonpath",
    "go-template-file": "-o jsonpath",
    "jsonpath-file": "-o jsonpath",
    "kyaml": "-o yaml",
    "template": "-o jsonpath",
    "templatefile": "-o jsonpath",
}
"""Forms that are real and not simulated, and what comes near."""


class Output(Record):
    """What a command printed, and the status it ended with."""

    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0
    waits: bool = False
    """Whether it cannot be answered at once and has to be run as a session."""
    mistyped: bool = False
    """Whether the line itself is wrong."""


EARLY = ("Warning: ", "Defaulted container ", "Found ", "Flag --")
"""How lines on stderr begin that kubectl prints before what it found; its complaints come after."""


def apart(output: Output) -> tuple[str, str]:
    """Return what an answer says on stderr before its stdout, and what after it."""
    lines = output.stderr.splitlines(keepends=True)
    count = next((n for n, line in enumerate(lines) if not line.startswith(EARLY)), len(lines))
    return "".join(lines[:count]), "".join(lines[count:])


def json_text(content: Any) -> str:
    """Return JSON as kubectl prints it: four spaces, keys sorted."""
    return json.dumps(content, indent=4, sort_keys=True, ensure_ascii=False) + "\n"


def content_of(world: "World", found: Found, as_list: bool) -> Any:
    """Return the JSON of what was found: one object, or a List."""
    items = [to_json(obj, world.calendar) for _, obj in found]
    if not as_list and len(items) == 1:
        return items[0]
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}


def print_as(world: "World", form: str, found: Found, as_list: bool, headers: bool = True) -> str:
    """Return what was found in one of the forms of -o; raise CommandError if there is no such form."""
    name, _, argument = form.partition("=")
    if name == "name":
        return "".join(f"{resource.typed}/{obj.metadata.name}\n" for resource, obj in found)
    if name == "json":
        return json_text(content_of(world, found, as_list))
    if name == "yaml":
        return to_yaml(content_of(world, found, as_list))
    if name in ("jsonpath", "jsonpath-as-json"):
        if not argument:
            raise CommandError("error: template format specified but no template given")
        return _jsonpath(name, argument, content_of(world, found, as_list))
    if name == "custom-columns":
        return _columns(world, argument, found, headers)
    if name in ELSEWHERE:
        raise not_here(f"-o {name}", ELSEWHERE[name])
    raise CommandError(
        f'error: unable to match a printer suitable for the output format "{form}", allowed '
        f"formats are: {FORMS}"
    )


def _jsonpath(name: str, argument: str, content: Any) -> str:
    if name == "jsonpath":
        return render(argument, content)
    walk = Walk()
    values = values_at(steps_of(argument.strip("{}")), content, walk)
    encoder = json.JSONEncoder(indent=4, sort_keys=True, ensure_ascii=False)
    # Piece by piece: one value may be found below another many times over.
    return "".join(walk.print(piece) for piece in encoder.iterencode(values)) + "\n"


def _columns(world: "World", argument: str, found: Found, headers: bool) -> str:
    wanted = custom_columns(argument)
    rows = [[header for header, _ in wanted]] if headers else []
    walk = Walk()
    for _, obj in found:
        content = to_json(obj, world.calendar)
        rows.append([column_text(steps, content, walk) for _, steps in wanted])
    return "".join(f"{line}\n" for line in layout(rows))


def sorted_by(world: "World", path: str, found: Found) -> Found:
    """Return the objects ordered by a JSONPath; raise CommandError if no object has it."""
    steps, walk = steps_of(path.strip("{}")), Walk()
    keyed = [
        (values_at(steps, to_json(obj, world.calendar), walk), number)
        for number, (_, obj) in enumerate(found)
    ]
    if found and not any(values for values, _ in keyed):
        raise CommandError(
            f'error: couldn\'t find any field with path "{{{path.strip("{}")}}}" in the list of objects'
        )
    return [
        found[number] for _, number in sorted(keyed, key=lambda each: (_order(each[0]), each[1]))
    ]


def _order(values: list[Any]) -> tuple[int, int, list[Any]]:
    """Order missing first, numbers by size, texts with their numbers read as numbers."""
    if not values:
        return (0, 0, [])
    value = values[0]
    if isinstance(value, bool | int | float):
        return (1, int(value), [])
    parts = re.split(r"([0-9]+)", str(value))
    return (2, 0, [(int(part), "") if is_whole(part) else (-1, part) for part in parts])
