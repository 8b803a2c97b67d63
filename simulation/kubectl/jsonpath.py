"""kubectl's JSONPath templates and custom columns.

A template is text with expressions in braces; `{range …}…{end}` repeats. Expressions are read into
steps once and walked over plain JSON values. Ranges multiply, so one count of steps and one of what is
printed go through a whole answer.
"""

import re
from typing import Any

from simulation.kernel.records import Record, State
from simulation.kubectl.errors import CommandError
from simulation.kubectl.limits import (
    COLUMNS_MAX,
    RENDER_CHARACTERS_MAX,
    TEMPLATE_CHARACTERS_MAX,
    WALK_STEPS_MAX,
)


class Step(Record):
    """One step of a path: into a field, an index, a slice, a filter, everything below."""

    sort: str
    name: str = ""
    low: int | None = None
    high: int | None = None
    stride: int = 1
    operator: str = ""
    wanted: Any = None
    inner: tuple["Step", ...] = ()


class Walk(State):
    """What one answer has cost so far."""

    steps: int = 0
    characters: int = 0
    read: dict[str, tuple[Step, ...]] = {}
    """Expressions that have been read already: a range passes the same one again and again."""

    def pass_by(self, values: int) -> None:
        """Count values that are looked at; raise CommandError if they are too many."""
        self.steps += values
        if self.steps > WALK_STEPS_MAX:
            raise CommandError("error: the path leads past more values than this terminal looks at")

    def print(self, text: str) -> str:
        """Count what is printed and return it; raise CommandError if it is too much."""
        self.characters += len(text)
        if self.characters > RENDER_CHARACTERS_MAX:
            raise CommandError("error: the template prints more than this terminal shows")
        return text

    def steps_of(self, path: str) -> tuple[Step, ...]:
        """Return the steps of a path, which is read once."""
        if path not in self.read:
            self.read[path] = steps_of(path)
        return self.read[path]


BLANKS = re.compile(r"\s{9}")
"""Blanks may stand at five places within brackets, and a pattern tries every way to share them out."""

TOKEN = re.compile(
    r"""(?P<deep>\.\.)(?P<deepname>[\w\-/]*|\*)?
      | \.(?P<field>(?:\\.|[^.\[\]\s{}()=<>!'"\\])+)
      | (?P<dot>\.)
      | \[\s*(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*\]
      | \[\s*\*\s*\] (?P<star>)
      | \[\s*(?P<low>-?[0-9]{,18})\s*(?P<colon>:)?\s*(?P<high>-?[0-9]{,18})\s*(?::\s*(?P<stride>[0-9]{1,18}))?\s*\]
      | \[\?\(\s*(?P<filter>(?:[^()'"]|'[^']*'|"[^"]*")*)\s*\)\]
    """,
    re.X,
)
FILTER = re.compile(r"^@(?P<path>.*?)\s*(?:(?P<op>==|!=|<=|>=|<|>)\s*(?P<value>.+))?$")


def steps_of(path: str) -> tuple[Step, ...]:
    """Return the steps of a path such as ".items[*].metadata.name"; raise CommandError."""
    if len(path) > TEMPLATE_CHARACTERS_MAX or BLANKS.search(path):
        raise CommandError("error: the template is too long")
    text = path.strip().removeprefix("$").removeprefix("@")
    if text and text[0] not in ".[":
        text = "." + text
    steps: list[Step] = []
    position = 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None or found.end() == position:
            raise CommandError(
                f"error: error parsing jsonpath {{{path}}}, unrecognized character in action: "
                f"U+{ord(text[position]):04X} {text[position]!r}"
            )
        position = found.end()
        step = _step(found)
        if step is not None:
            steps.append(step)
    return tuple(steps)


def _step(found: re.Match[str]) -> Step | None:
    group = found.groupdict()
    if group["deep"]:
        return Step("deep", group["deepname"] or "*")
    if group["field"]:
        name = re.sub(r"\\(.)", r"\1", group["field"])
        return Step("star") if name == "*" else Step("field", name)
    if group["dot"]:
        return None
    if group["quoted"]:
        return Step("field", re.sub(r"\\(.)", r"\1", group["quoted"][1:-1]))
    if group["star"] is not None:
        return Step("star")
    if group["filter"] is not None:
        return _filter(group["filter"])
    low = int(group["low"]) if group["low"] else None
    high = int(group["high"]) if group["high"] else None
    if group["colon"]:
        stride = int(group["stride"] or 1)
        if stride < 1:
            raise CommandError("error: error executing jsonpath: step must be > 0")
        return Step("slice", "", low, high, stride)
    return Step("index", "", low or 0)


def _filter(text: str) -> Step:
    found = FILTER.match(text.strip())
    if found is None:
        raise CommandError(f"error: error parsing jsonpath, unrecognized filter ?({text})")
    wanted: Any = found["value"]
    if wanted is not None:
        wanted = wanted.strip()
        if wanted[:1] in "'\"" and wanted[-1:] == wanted[:1]:
            wanted = wanted[1:-1]
        elif wanted in ("true", "false"):
            wanted = wanted == "true"
        elif re.fullmatch(r"-?[0-9]{1,18}", wanted):
            wanted = int(wanted)
    return Step("filter", operator=found["op"] or "", wanted=wanted, inner=steps_of(found["path"]))


def values_at(steps: tuple[Step, ...], value: Any, walk: Walk | None = None) -> list[Any]:
    """Return all values that a path leads to; a missing field leads to none."""
    walk = walk or Walk()
    found = [value]
    for step in steps:
        further: list[Any] = []
        for each in found:
            reached = _WALK[step.sort](step, each, walk)
            walk.pass_by(1 + len(reached))
            further += reached
        found = further
    return found


def _field(step: Step, value: Any, walk: Walk) -> list[Any]:
    if isinstance(value, dict) and step.name in value:
        return [value[step.name]]
    return []


def _star(step: Step, value: Any, walk: Walk) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value[key] for key in sorted(value)] if isinstance(value, dict) else []


def _index(step: Step, value: Any, walk: Walk) -> list[Any]:
    if not isinstance(value, list):
        return []
    assert step.low is not None
    if not -len(value) <= step.low < len(value):
        raise CommandError(
            f"error: error executing jsonpath: array index out of bounds: index {step.low}, "
            f"length {len(value)}"
        )
    return [value[step.low]]


def _slice(step: Step, value: Any, walk: Walk) -> list[Any]:
    return value[step.low : step.high : step.stride] if isinstance(value, list) else []


def _deep(step: Step, value: Any, walk: Walk) -> list[Any]:
    found: list[Any] = []
    waiting = [value]
    while waiting:
        # Depth first, as client-go walks: all of one item before anything of the next.
        each = waiting.pop()
        if isinstance(each, dict):
            if step.name == "*":
                found += [each[key] for key in sorted(each)]
            elif step.name in each:
                found.append(each[step.name])
            waiting += [each[key] for key in sorted(each, reverse=True)]
        elif isinstance(each, list):
            waiting += reversed(each)
        walk.pass_by(1)
    return found


def _matching(step: Step, value: Any, walk: Walk) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    return [each for each in items if _holds(step, each, walk)]


def _holds(step: Step, each: Any, walk: Walk) -> bool:
    values = values_at(step.inner, each, walk)
    if not step.operator:
        return bool(values)
    if not values:
        return False
    left, right = values[0], step.wanted
    if step.operator in ("==", "!="):
        return (left == right) == (step.operator == "==")
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
        step.operator
    ]


_WALK = {
    "field": _field,
    "star": _star,
    "index": _index,
    "slice": _slice,
    "deep": _deep,
    "filter": _matching,
}


def text_of(value: Any) -> str:
    """Return a value as kubectl prints it inside a template."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return compact(value)
    return str(value)


def compact(value: Any) -> str:
    """Return JSON without spaces, keys sorted, as Go's encoder prints maps."""
    if isinstance(value, dict):
        inner = ",".join(f"{_quoted(key)}:{compact(value[key])}" for key in sorted(value))
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    return text_of(value)


def _quoted(text: str) -> str:
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    )
    return f'"{escaped}"'


def render(template: str, value: Any) -> str:
    """Return what a JSONPath template makes of a value; raise CommandError if it is malformed."""
    if len(template) > TEMPLATE_CHARACTERS_MAX:
        raise CommandError("error: the template is too long")
    if "{" not in template:
        template = "{" + template + "}"
    parts = _parts(template)
    depth = 0
    for is_expression, text in parts:
        depth += is_expression and text.startswith("range")
        depth -= is_expression and text == "end"
        if depth < 0:
            raise CommandError(
                f"error: error parsing jsonpath {template}, not in range, nothing to end"
            )
    return _render(parts, 0, value, value, Walk())[0]


def _parts(template: str) -> list[tuple[bool, str]]:
    """Split into (is an expression, text)."""
    parts: list[tuple[bool, str]] = []
    position = 0
    while position < len(template):
        begin = template.find("{", position)
        if begin < 0:
            parts.append((False, template[position:]))
            break
        if begin > position:
            parts.append((False, template[position:begin]))
        end = _closing(template, begin)
        if end < 0:
            left = template[begin:]
            what = "unterminated array" if left.count("[") > left.count("]") else "unclosed action"
            raise CommandError(f"error: error parsing jsonpath {template}, {what}")
        parts.append((True, template[begin + 1 : end].strip()))
        position = end + 1
    return parts


def _closing(template: str, begin: int) -> int:
    quote = ""
    for position in range(begin + 1, len(template)):
        letter = template[position]
        if quote:
            if letter == quote and template[position - 1] != "\\":
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "}":
            return position
    return -1


def _render(
    parts: list[tuple[bool, str]], at: int, root: Any, here: Any, walk: Walk
) -> tuple[str, int]:
    out: list[str] = []
    while at < len(parts):
        walk.pass_by(1)
        is_expression, text = parts[at]
        at += 1
        if not is_expression:
            out.append(walk.print(text))
        elif text == "end":
            return "".join(out), at
        elif text.startswith("range"):
            end = at
            items = values_at(walk.steps_of(text[5:]), _base(text[5:], root, here), walk)
            for item in items:
                inner, end = _render(parts, at, root, item, walk)
                out.append(inner)
            at = end if items else _after(parts, at)
        elif text[:1] in "'\"":
            out.append(walk.print(_literal(text)))
        else:
            values = values_at(walk.steps_of(text), _base(text, root, here), walk)
            out.append(" ".join(walk.print(text_of(each)) for each in values))
    return "".join(out), at


def _after(parts: list[tuple[bool, str]], at: int) -> int:
    """Return where a range ends that nothing goes through."""
    depth = 1
    while at < len(parts) and depth:
        is_expression, text = parts[at]
        depth += is_expression and text.startswith("range")
        depth -= is_expression and text == "end"
        at += 1
    return at


def _base(text: str, root: Any, here: Any) -> Any:
    return root if text.strip().startswith("$") else here


def _literal(text: str) -> str:
    body = text[1:-1]
    return body.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")


def custom_columns(specification: str) -> list[tuple[str, tuple[Step, ...]]]:
    """Return (header, path) of "-o custom-columns=NAME:.metadata.name,…"."""
    if not specification:
        raise CommandError("error: custom-columns format specified but no custom columns given")
    if len(specification) > TEMPLATE_CHARACTERS_MAX:
        raise CommandError("error: the custom columns are too long")
    found = []
    parts = re.split(r",(?![^\[]*\])", specification)
    if len(parts) > COLUMNS_MAX:
        raise CommandError(f"error: more than {COLUMNS_MAX} custom columns")
    for part in parts:
        header, colon, path = part.partition(":")
        if not colon:
            raise CommandError(
                f"error: unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            )
        found.append((header, steps_of(path.strip().strip("{}"))))
    return found


def column_text(steps: tuple[Step, ...], value: Any, walk: Walk | None = None) -> str:
    """Return the cell of a custom column."""
    walk = walk or Walk()
    values = values_at(steps, value, walk)
    cells = (walk.print("<nil>" if each is None else _go(each)) for each in values)
    return ",".join(cells) or "<none>"


def _go(value: Any) -> str:
    """Print a value as Go's %v does: maps and slices in their own brackets."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{_go(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(_go, value)) + "]"
    return text_of(value)
