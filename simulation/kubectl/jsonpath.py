"""kubectl's JSONPath templates and custom columns.

A template is text with expressions in braces; `{range …}…{end}` repeats. Expressions are read into
steps once and walked over plain JSON values.
"""

import re
from typing import Any

from simulation.kernel.records import Record
from simulation.kubectl.errors import CommandError

TEMPLATE_CHARACTERS_MAX = 4_000
"""A template that a person types."""

VALUES_MAX = 100_000
"""`{..}` twice over a large list would fill the memory."""


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


def values_at(steps: tuple[Step, ...], value: Any) -> list[Any]:
    """Return all values that a path leads to; a missing field leads to none."""
    found = [value]
    for step in steps:
        found = [inner for each in found for inner in _WALK[step.sort](step, each)]
        if len(found) > VALUES_MAX:
            raise CommandError("error: the path leads to more values than this terminal shows")
    return found


def _field(step: Step, value: Any) -> list[Any]:
    if isinstance(value, dict) and step.name in value:
        return [value[step.name]]
    return []


def _star(step: Step, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value[key] for key in sorted(value)] if isinstance(value, dict) else []


def _index(step: Step, value: Any) -> list[Any]:
    if not isinstance(value, list):
        return []
    assert step.low is not None
    if not -len(value) <= step.low < len(value):
        raise CommandError(
            f"error: error executing jsonpath: array index out of bounds: index {step.low}, "
            f"length {len(value)}"
        )
    return [value[step.low]]


def _slice(step: Step, value: Any) -> list[Any]:
    return value[step.low : step.high : step.stride] if isinstance(value, list) else []


def _deep(step: Step, value: Any) -> list[Any]:
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
        if len(waiting) > VALUES_MAX:
            break
    return found


def _matching(step: Step, value: Any) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    return [each for each in items if _holds(step, each)]


def _holds(step: Step, each: Any) -> bool:
    values = values_at(step.inner, each)
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
    "field": _field, "star": _star, "index": _index, "slice": _slice, "deep": _deep,
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
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
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
            raise CommandError(f"error: error parsing jsonpath {template}, not in range, nothing to end")
    return _render(parts, 0, value, value)[0]


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
            raise CommandError(f"error: error parsing jsonpath {template}, unclosed action")
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


def _render(parts: list[tuple[bool, str]], at: int, root: Any, here: Any) -> tuple[str, int]:
    out: list[str] = []
    while at < len(parts):
        is_expression, text = parts[at]
        at += 1
        if not is_expression:
            out.append(text)
        elif text == "end":
            return "".join(out), at
        elif text.startswith("range"):
            end = at
            items = values_at(steps_of(text[5:]), _base(text[5:], root, here))
            for item in items:
                inner, end = _render(parts, at, root, item)
                out.append(inner)
            at = end if items else _render(parts, at, None, None)[1]
        elif text[:1] in "'\"":
            out.append(_literal(text))
        else:
            values = values_at(steps_of(text), _base(text, root, here))
            out.append(" ".join(map(text_of, values)))
    return "".join(out), at


def _base(text: str, root: Any, here: Any) -> Any:
    return root if text.strip().startswith("$") else here


def _literal(text: str) -> str:
    body = text[1:-1]
    return body.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")


def custom_columns(specification: str) -> list[tuple[str, tuple[Step, ...]]]:
    """Return (header, path) of "-o custom-columns=NAME:.metadata.name,…"."""
    if not specification:
        raise CommandError(
            "error: custom-columns format specified but no custom columns given"
        )
    found = []
    for part in re.split(r",(?![^\[]*\])", specification):
        header, colon, path = part.partition(":")
        if not colon:
            raise CommandError(
                f"error: unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            )
        found.append((header, steps_of(path.strip().strip("{}"))))
    return found


def column_text(steps: tuple[Step, ...], value: Any) -> str:
    """Return the cell of a custom column."""
    values = values_at(steps, value)
    return ",".join("<nil>" if each is None else _go(each) for each in values) or "<none>"


def _go(value: Any) -> str:
    """Print a value as Go's %v does: maps and slices in their own brackets."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{_go(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(_go, value)) + "]"
    return text_of(value)
