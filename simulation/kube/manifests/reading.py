"""YAML and JSON as people write them, to values that know where they stood.

A file may hold several documents. Size, depth and number of values are bounded before anything is
built, and once more while aliases and merge keys are followed, so no few lines of text can become
many values. Every field's line and column is remembered, so an error can be pointed at. The scalars
follow YAML 1.1 as Go's parser reads it: `yes` and `on` are truth values, dates and 12:30:45 stay
texts, and whole numbers beyond 64 bits are floats.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from simulation.kernel.records import Record
from simulation.kube.limits import (
    MANIFEST_BYTES_MAX,
    MANIFEST_DEPTH_MAX,
    MANIFEST_DOCUMENTS_MAX,
    MANIFEST_NODES_MAX,
    NUMBER_CHARACTERS_MAX,
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
        line, column = self.places.get(above) or min(self.places.values(), default=(1, 1))
        return Problem(self.file, line, column, path, text)


class _Loader(yaml.SafeLoader):
    """Counts levels and values while it composes, so that neither can exhaust the host."""

    depth = 0
    count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        self.count += 1
        if self.depth > MANIFEST_DEPTH_MAX or self.count > MANIFEST_NODES_MAX:
            words = TOO_DEEP if self.depth > MANIFEST_DEPTH_MAX else TOO_MANY
            raise yaml.MarkedYAMLError(problem=words, problem_mark=self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


TOO_DEEP = "exceeded max depth"
TOO_MANY = f"the file holds more than {MANIFEST_NODES_MAX} values"
_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(file: str, text: str) -> list[Document]:
    """Return the manifests of a file, a List taken apart; raise Unreadable."""
    found: list[Document] = []
    builder = _Builder(file)
    # Documents with nothing in them count too: a line of three dashes is one.
    for read, node in enumerate(_composed(file, text), 1):
        document = builder.document(node)
        if max(read, len(found) + _objects_in(document)) > MANIFEST_DOCUMENTS_MAX:
            words = f"the file holds more than {MANIFEST_DOCUMENTS_MAX} objects"
            raise Unreadable(Problem(file, 1, 1, "", words))
        found += _taken_apart(document)
    return found


def value_of(file: str, text: str) -> Any:
    """Return the one value of a text, whatever it is: a patch may be a list; raise Unreadable."""
    for node in _composed(file, text):
        return _Builder(file).value(node, "", 1)
    return None


def _composed(file: str, text: str) -> Iterator[Any]:
    """Yield the root node of each document; raise Unreadable."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as trouble:
        line = text.count("\n", 0, trouble.start) + 1
        column = trouble.start - text.rfind("\n", 0, trouble.start)
        raise _no_character(file, line, column) from None
    if size > MANIFEST_BYTES_MAX:
        words = f"the file has more than {MANIFEST_BYTES_MAX} bytes"
        raise Unreadable(Problem(file, 1, 1, "", words))
    try:
        loader = _Loader(text)
        while True:
            try:
                if not loader.check_node():
                    return
                node = loader.get_node()
            except (OverflowError, ValueError):
                # PyYAML makes a character of the digits of \U without looking whether it is one.
                raise _no_character(file, loader.line + 1, loader.column + 1) from None
            yield node
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(Problem(file, line, column, "", _as_go(trouble, text))) from None
    except yaml.YAMLError as trouble:
        # A character that YAML does not allow at all.
        raise Unreadable(Problem(file, 1, 1, "", f"yaml: {str(trouble)[:120]}")) from None


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
    if (
        words == "did not find expected key"
        and trouble.context == "while parsing a block collection"
    ):
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


def _no_character(file: str, line: int, column: int, path: str = "") -> Unreadable:
    return Unreadable(Problem(file, line, column, path, f"yaml: line {line}: {NO_CHARACTER}"))


NO_CHARACTER = "found invalid Unicode character escape code"
"""go-yaml's words about half a surrogate pair, and about what lies beyond U+10FFFF."""


def _items_of(document: Document) -> list[Any] | None:
    """Return the items of a List, None if a document is none."""
    items = document.content.get("items")
    return items if document.content.get("kind") == "List" and isinstance(items, list) else None


def _objects_in(document: Document | None) -> int:
    if document is None:
        return 0
    items = _items_of(document)
    return 1 if items is None else len(items)


def _taken_apart(document: Document | None) -> Iterator[Document]:
    """Yield a document, or the items of a List."""
    if document is None:
        return
    items = _items_of(document)
    if items is None:
        yield document
        return
    places: dict[str, dict[str, tuple[int, int]]] = {}
    for path, place in document.places.items():
        if path.startswith("items["):
            # One pass over all places, sorted into those of each item.
            number, _, inner = path.removeprefix("items[").partition("]")
            places.setdefault(number, {})[inner.removeprefix(".")] = place
    for n, item in enumerate(items):
        if isinstance(item, dict):
            yield Document(document.file, item, places.get(str(n), {}))


class _Builder:
    """Turns nodes into plain values and notes where each field stood."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[str, tuple[int, int]] = {}
        self.count = 0
        """Values of the whole file, every visit by an alias or a merge key counted anew."""
        self.scalars = yaml.constructor.SafeConstructor()

    def document(self, node: Any) -> Document | None:
        """Return the document of a root node, None if there is nothing in it; raise Unreadable."""
        self.places = {}
        value = self.value(node, "", 1)
        if value is None:
            return None
        if not isinstance(value, dict):
            words = "json: cannot unmarshal into Go value of type map[string]interface {}"
            raise Unreadable(Problem(self.file, node.start_mark.line + 1, 1, "", words))
        self.places[""] = _place(node)
        return Document(self.file, value, self.places)

    def value(self, node: Any, path: str, depth: int) -> Any:
        """Return what a node says; raise Unreadable."""
        self._enter(node, path, depth)
        self.places.setdefault(path, _place(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(each, f"{path}[{n}]", depth + 1) for n, each in enumerate(node.value)
            ]
        return self._scalar(node, path)

    def _scalar(self, node: Any, path: str) -> Any:
        if node.tag in NUMBERS:
            return self._number(node)
        if node.tag == BOOLEAN and node.value in ONE_LETTER:
            return ONE_LETTER[node.value]
        try:
            value = self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, KeyError, IndexError):
            # A tag that does not fit: !!bool x.
            return self._text(node, str(node.value), path)
        return value if isinstance(value, bool | None) else self._text(node, str(node.value), path)

    def _key(self, node: Any, path: str) -> str:
        """Return the JSON key of a YAML key: `yes` is "true", as sigs.k8s.io/yaml converts it."""
        plain = isinstance(node, yaml.ScalarNode) and node.tag in (BOOLEAN, *NUMBERS)
        value = self._scalar(node, path) if plain else self._text(node, str(node.value), path)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _enter(self, node: Any, path: str, depth: int) -> None:
        """Count a node that is about to be built, and refuse it beyond the bounds."""
        self.count += 1
        words = ""
        if depth > MANIFEST_DEPTH_MAX:
            words = TOO_DEEP
        elif self.count > MANIFEST_NODES_MAX:
            words = "the document contains excessive aliasing"
        if words:
            raise Unreadable(Problem(self.file, *_place(node), path, words))

    def _text(self, node: Any, text: str, path: str) -> str:
        """Return a text, halves of a surrogate pair joined as JSON writes them."""
        try:
            text.encode()
        except UnicodeEncodeError:
            try:
                return text.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                raise _no_character(self.file, *_place(node), path) from None
        return text

    def _number(self, node: Any) -> int | float | str:
        """Read a number as go-yaml does: of 64 bits if it is whole, else a float, else a text."""
        text = str(node.value)
        # Numbers of base 60, 12:30:45, are YAML 1.1; go-yaml leaves them out on purpose.
        if ":" in text or len(text) > NUMBER_CHARACTERS_MAX:
            return text
        if node.tag == INTEGER:
            try:
                whole: int = self.scalars.construct_yaml_int(node)
            except (ValueError, IndexError):
                return text
            if INT64_MIN <= whole <= UINT64_MAX:
                return whole
        try:
            number = float(text.replace("_", ""))
        except ValueError:
            return text
        if number != number or number in (float("inf"), float("-inf")):
            return text
        return int(number) if number == int(number) and abs(number) < 1e18 else number

    def _mapping(self, node: Any, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        pairs = [pair for pair in node.value if pair[0].tag != "tag:yaml.org,2002:merge"]
        for key, each in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                merged = each.value if isinstance(each, yaml.SequenceNode) else [each]
                for one in merged:
                    # An empty map is a value too: ten of ten of ten of them are a thousand visits.
                    self._enter(one, path, depth + 1)
                    if isinstance(one, yaml.MappingNode):
                        found.update(self._mapping(one, path, depth + 1))
        seen: dict[str, int] = {}
        for key, each in pairs:
            name = self._key(key, path)
            where = f"{path}.{name}" if path else name
            line, column = _place(key)
            if name in seen:
                words = f'yaml: unmarshal errors:\n  line {line}: key "{name}" already set in map'
                raise Unreadable(Problem(self.file, line, column, where, words))
            seen[name] = line
            self.places[where] = (line, column)
            found[name] = self.value(each, where, depth + 1)
        return found


ONE_LETTER = {"y": True, "Y": True, "n": False, "N": False}
"""What goyaml.v2 takes for a boolean (resolve.go) and PyYAML does not."""
BOOLEAN = "tag:yaml.org,2002:bool"
for _letter in ONE_LETTER:
    # The lists are the loader's own: a plain y, before anything else that begins so.
    _Loader.add_implicit_resolver(BOOLEAN, re.compile(r"[yYnN]\Z"), [_letter])
INTEGER, FLOAT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
NUMBERS = (INTEGER, FLOAT)
INT64_MIN, UINT64_MAX = -(2**63), 2**64 - 1


def _place(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
