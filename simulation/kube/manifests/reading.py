"""YAML and JSON as people write them, to values that know where they stood.

A file may hold several documents. Size, depth and number of values are bounded before anything is
built, and every field's line and column is remembered, so an error can be pointed at. The scalars
follow YAML 1.1 as Go's parser reads it: `yes` and `on` are truth values, dates stay texts.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from simulation.kernel.records import Record
from simulation.kube.limits import (
    MANIFEST_BYTES_MAX,
    MANIFEST_DEPTH_MAX,
    MANIFEST_DOCUMENTS_MAX,
    MANIFEST_NODES_MAX,
)


class Problem(Record):
    """What is wrong with a manifest, and where."""

    file: str
    line: int
    column: int
    path: str
    text: str


class Unreadable(Exception):
    """The text is no YAML, or too much of it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class Document(Record):
    """One manifest of a file."""

    file: str
    content: dict[str, Any]
    places: dict[str, tuple[int, int]]
    """Path of a field to its line and column, both counted from 1."""

    def problem(self, path: str, text: str) -> Problem:
        """Return a problem at a path, or at the nearest field above it."""
        above = path
        while above and above not in self.places:
            above = above.rpartition("[" if above.endswith("]") else ".")[0]
        line, column = self.places.get(above, (1, 1))
        return Problem(self.file, line, column, path, text)


class _Loader(yaml.SafeLoader):
    """Counts levels while it composes, so that depth cannot exhaust the stack."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.depth > MANIFEST_DEPTH_MAX:
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem="exceeded max depth", problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(file: str, text: str) -> list[Document]:
    """Return the manifests of a file, a List taken apart; raise Unreadable."""
    if len(text.encode()) > MANIFEST_BYTES_MAX:
        words = f"the file has more than {MANIFEST_BYTES_MAX} bytes"
        raise Unreadable(Problem(file, 1, 1, "", words))
    found: list[Document] = []
    loader = None
    try:
        loader = _Loader(text)
        while loader.check_node():
            node = loader.get_node()
            found += _taken_apart(_document(file, node))
            if len(found) > MANIFEST_DOCUMENTS_MAX:
                words = f"the file holds more than {MANIFEST_DOCUMENTS_MAX} objects"
                raise Unreadable(Problem(file, 1, 1, "", words))
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(Problem(file, line, column, "", _as_go(trouble, text))) from None
    except yaml.YAMLError as trouble:
        # A character that YAML does not allow at all.
        raise Unreadable(Problem(file, 1, 1, "", f"yaml: {str(trouble)[:120]}")) from None
    return found


GO_SAYS: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed here", "mapping values are not allowed in this context"),
    ("expected <block end>, but found", "did not find expected key"),
    ("expected ',' or ']'", "did not find expected ',' or ']'"),
    ("expected ',' or '}'", "did not find expected ',' or '}'"),
    ("expected the node content", "did not find expected node content"),
    ("expected '<document start>'", "did not find expected <document start>"),
    ("found unknown escape character", "found unknown escape character"),
)
"""How PyYAML's words begin, and what Go's parser says instead."""


def _as_go(trouble: yaml.MarkedYAMLError, text: str) -> str:
    """Return a parser's complaint in the words of Go's, which kubectl reads with."""
    problem = trouble.problem or trouble.context or "not YAML"
    if problem.startswith("found undefined alias"):
        return f"yaml: unknown anchor {problem.rpartition(' ')[2]} referenced"
    words = next((after for before, after in GO_SAYS if problem.startswith(before)), problem)
    if words == "did not find expected key" and trouble.context == "while parsing a block collection":
        words = "did not find expected '-' indicator"
    if problem.startswith("found character"):
        words = "found character that cannot start any token"
        if "\\t" in problem and _goes_on(trouble, text):
            words = "found a tab character that violates indentation"
    # Go counts lines from 0, adds one where it reads characters, and leaves out a line 0.
    line = trouble.problem_mark.line if trouble.problem_mark else 0
    if line and isinstance(trouble, yaml.scanner.ScannerError):
        line += 1
    return f"yaml: line {line}: {words}" if line else f"yaml: {words}"


def _goes_on(trouble: yaml.MarkedYAMLError, text: str) -> bool:
    """Tell whether a tab stands where the plain text of the line before could go on."""
    number = trouble.problem_mark.line if trouble.problem_mark else 0
    return number > 0 and not text.splitlines()[number - 1].rstrip().endswith((":", "-"))


def _document(file: str, node: Any) -> Document | None:
    builder = _Builder(file)
    value = builder.value(node, "")
    if value is None:
        return None
    if not isinstance(value, dict):
        words = "json: cannot unmarshal into Go value of type map[string]interface {}"
        raise Unreadable(Problem(file, node.start_mark.line + 1, 1, "", words))
    builder.places[""] = (node.start_mark.line + 1, node.start_mark.column + 1)
    return Document(file, value, builder.places)


def _taken_apart(document: Document | None) -> Iterator[Document]:
    """Yield a document, or the items of a List."""
    if document is None:
        return
    items = document.content.get("items")
    if document.content.get("kind") != "List" or not isinstance(items, list):
        yield document
        return
    for number, item in enumerate(items):
        prefix = f"items[{number}]"
        places = {
            path.removeprefix(prefix).lstrip("."): place
            for path, place in document.places.items()
            if path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))
        }
        if isinstance(item, dict):
            yield Document(document.file, item, places)


class _Builder:
    """Turns nodes into plain values and notes where each field stood."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[str, tuple[int, int]] = {}
        self.count = 0
        self.scalars = yaml.constructor.SafeConstructor()

    def value(self, node: Any, path: str) -> Any:
        self.count += 1
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        if self.count > MANIFEST_NODES_MAX:
            words = "the document contains excessive aliasing"
            raise Unreadable(Problem(self.file, line, column, path, words))
        self.places.setdefault(path, (line, column))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, f"{path}[{n}]") for n, each in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:float":
            return self._number(node)
        try:
            value = self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return str(node.value)
        return value if isinstance(value, str | int | bool | None) else str(node.value)

    def _number(self, node: Any) -> Any:
        try:
            number = float(node.value.replace("_", ""))
        except ValueError:
            return str(node.value)
        finite = number == number and abs(number) < 1e18
        return (int(number) if number == int(number) else number) if finite else str(node.value)

    def _mapping(self, node: Any, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        pairs = [pair for pair in node.value if pair[0].tag != "tag:yaml.org,2002:merge"]
        for key, each in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                merged = each.value if isinstance(each, yaml.SequenceNode) else [each]
                for one in merged:
                    if isinstance(one, yaml.MappingNode):
                        found.update(self._mapping(one, path))
        seen: dict[str, int] = {}
        for key, each in pairs:
            name = str(key.value)
            where = f"{path}.{name}" if path else name
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if name in seen:
                words = f'yaml: unmarshal errors:\n  line {line}: key "{name}" already set in map'
                raise Unreadable(Problem(self.file, line, column, where, words))
            seen[name] = line
            self.places[where] = (line, column)
            found[name] = self.value(each, where)
        return found
