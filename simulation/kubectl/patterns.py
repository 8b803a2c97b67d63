"""grep's patterns, matched in a time that grows with the line and never faster.

Python's own engine tries one way after the other, which for `(a|a)*b` is 2ⁿ ways. Here all ways are
followed at once, one sign after the other (Thompson's construction), and which ways are open after a
sign is remembered, so a second line costs a look-up per sign. Every look-up and every way that is
followed is counted; what would take too many is refused.

Knows what grep -E knows. What only looks forward or back, (?=…) and \\1, cannot be matched like this.
"""

import re
from collections.abc import Callable

from simulation.kubectl.limits import PATTERN_DEPTH_MAX, PATTERN_STATES_MAX, PATTERN_STEPS_MAX

Test = Callable[[str], bool]
EDGE, WORD, OTHER = 0, 1, 2
"""What stands beside a place in a line: nothing, a letter of a word, another sign."""


class Invalid(Exception):
    """The text is no pattern."""


class Unsupported(Exception):
    """It is one, and cannot be matched in bounded time."""


CLASSES: dict[str, Test] = {
    "alpha": str.isalpha,
    "digit": "0123456789".__contains__,
    "alnum": str.isalnum,
    "upper": str.isupper,
    "lower": str.islower,
    "space": str.isspace,
    "blank": " \t".__contains__,
    "punct": lambda sign: sign.isprintable() and not sign.isalnum() and not sign.isspace(),
    "xdigit": "0123456789abcdefABCDEF".__contains__,
}
SHORT: dict[str, Test] = {
    "d": CLASSES["digit"],
    "s": str.isspace,
    "w": lambda sign: sign.isalnum() or sign == "_",
}
ASSERTIONS: dict[str, Callable[[int, int], bool]] = {
    "^": lambda before, after: before == EDGE,
    "$": lambda before, after: after == EDGE,
    "\\b": lambda before, after: (before == WORD) != (after == WORD),
    "\\B": lambda before, after: (before == WORD) == (after == WORD),
    "\\<": lambda before, after: before != WORD and after == WORD,
    "\\>": lambda before, after: before == WORD and after != WORD,
    "no word before": lambda before, after: before != WORD,
    "no word after": lambda before, after: after != WORD,
}
WHOLE = {"": (), "line": ("^", "$"), "word": ("no word before", "no word after")}
"""What must stand around a pattern: anything, or what -x and -w of grep want."""
REPEAT = re.compile(r"\{([0-9]{1,3})?(,)?([0-9]{1,3})?\}")


class Node:
    """A part of a pattern: "sign", "assert", "then", "or", or "repeat" of its parts."""

    def __init__(
        self,
        sort: str,
        *parts: "Node",
        test: Test | None = None,
        name: str = "",
        least: int = 0,
        most: int | None = None,
    ) -> None:
        self.sort, self.parts, self.test, self.name = sort, parts, test, name
        self.least, self.most = least, most


class _Parser:
    """Reads an extended regular expression; raises Invalid and Unsupported."""

    def __init__(self, text: str, ignore_case: bool) -> None:
        self.text, self.at, self.depth, self.ignore_case = text, 0, 0, ignore_case

    def pattern(self) -> Node:
        """Return the whole pattern."""
        found = self._either()
        if self.at < len(self.text):
            raise Invalid("Unmatched ) or \\)")
        return found

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _either(self) -> Node:
        self.depth += 1
        if self.depth > PATTERN_DEPTH_MAX:
            raise Unsupported
        ways = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            ways.append(self._sequence())
        self.depth -= 1
        return ways[0] if len(ways) == 1 else Node("or", *ways)

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._single(not parts)))
        return Node("then", *parts)

    def _repeated(self, node: Node) -> Node:
        while True:
            sign = self._peek()
            if sign and sign in "*+?":
                self.at += 1
                least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
            elif found := REPEAT.match(self.text, self.at):
                if not (found[1] or found[3]):
                    return node
                self.at = found.end()
                least = int(found[1] or 0)
                most = int(found[3]) if found[3] else None if found[2] else least
                if most is not None and most < least:
                    raise Invalid("Invalid content of \\{\\}")
            else:
                return node
            node = Node("repeat", node, least=least, most=most)

    def _single(self, first: bool) -> Node:
        sign = self._peek()
        self.at += 1
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._bracket()
        if sign == "\\":
            return self._escaped()
        if sign in "^$":
            return Node("assert", name=sign)
        if sign == ".":
            return Node("sign", test=lambda each: True)
        return self._sign(sign.__eq__)

    def _group(self) -> Node:
        if self._peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise Unsupported
            self.at += 2
        inner = self._either()
        if self._peek() != ")":
            raise Invalid("Unmatched ( or \\(")
        self.at += 1
        return inner

    def _escaped(self) -> Node:
        letter = self._peek()
        self.at += 1
        if not letter:
            raise Invalid("Trailing backslash")
        if f"\\{letter}" in ASSERTIONS:
            return Node("assert", name=f"\\{letter}")
        if letter.lower() in SHORT:
            test = SHORT[letter.lower()]
            return self._sign(test if letter.islower() else lambda sign: not test(sign))
        if letter.isalnum() and letter not in "tnrfv":
            raise Unsupported
        plain = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}.get(letter, letter)
        return self._sign(plain.__eq__)

    def _bracket(self) -> Node:
        negated = self._peek() == "^"
        self.at += negated
        tests: list[Test] = []
        begun = self.at
        while self._peek() != "]" or self.at == begun:
            if not self._peek():
                raise Invalid("Unmatched [, [^, [:, [., or [=")
            tests.append(self._member())
        self.at += 1
        anyone = self._folded(lambda sign: any(test(sign) for test in tests))
        return Node("sign", test=(lambda sign: not anyone(sign)) if negated else anyone)

    def _member(self) -> Test:
        if self.text.startswith("[:", self.at):
            name, closed, _ = self.text[self.at + 2 :].partition(":]")
            if not closed or name not in CLASSES:
                raise Invalid("Invalid character class name")
            self.at += len(name) + 4
            return CLASSES[name]
        low = self.text[self.at]
        self.at += 1
        if low == "\\" and self._peek() and self._peek() in "dsw]\\-[^":
            # As in -P; a backslash before anything else stands for itself, as in -E.
            low = self._peek()
            self.at += 1
            if low in SHORT:
                return SHORT[low]
        if self._peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return low.__eq__
        high = self.text[self.at + 1]
        self.at += 2
        if high < low:
            raise Invalid("Invalid range end")
        return lambda sign: low <= sign <= high

    def _sign(self, test: Test) -> Node:
        return Node("sign", test=self._folded(test))

    def _folded(self, test: Test) -> Test:
        if not self.ignore_case:
            return test
        return lambda sign: test(sign) or test(sign.lower()) or test(sign.upper())


class Pattern:
    """A pattern ready to be looked for, with its own count of steps."""

    def __init__(self, text: str, ignore_case: bool = False, whole: str = "") -> None:
        """Read a pattern; raise Invalid or Unsupported.

        whole: "line" or "word" if nothing less may be found (`WHOLE`).
        """
        self.steps = 0
        # State to what it does: a test and where it leads, or an assertion, or several ways.
        self._tests: list[tuple[Test, int] | None] = []
        self._ways: list[tuple[int, ...]] = []
        self._asserts: list[str] = []
        self._end = self._state()
        pattern = _Parser(text, ignore_case).pattern()
        if whole:
            before, after = (Node("assert", name=each) for each in WHOLE[whole])
            pattern = Node("then", before, pattern, after)
        self._start = self._built(pattern, self._end)
        self._floating = _Ways()
        self._anchored = _Ways()

    # --- looking for it

    def matches(self, line: str) -> bool:
        """Tell whether a pattern is found in a line; raise Unsupported if it takes too long."""
        ways = self._floating
        place = ways.number(frozenset(), EDGE)
        self._count(len(line) + 1)
        for sign in (*line, ""):
            held, place = ways.table.get((place, sign)) or self._step(ways, place, sign)
            if held:
                return True
        return False

    def found(self, line: str) -> list[str]:
        """Return what is found in a line, the longest at each place, from left to right."""
        spans, at = [], 0
        while at <= len(line):
            end = self._longest(line, at)
            if end > at:
                spans.append(line[at:end])
            at = max(end, at + 1)
        return spans

    def _longest(self, line: str, begin: int) -> int:
        ways = self._anchored
        place = ways.number(frozenset((self._start,)), _sort(line[begin - 1 : begin]))
        end = -1
        for at in range(begin, len(line) + 1):
            self._count(1)
            sign = line[at : at + 1]
            held, place = ways.table.get((place, sign)) or self._step(ways, place, sign)
            if held:
                end = at
            if not ways.places[place][0]:
                break
        return end

    def _step(self, ways: "_Ways", place: int, sign: str) -> tuple[bool, int]:
        """Follow all ways over one sign, or to the end of the line; remember where they lead."""
        open_ways, before = ways.places[place]
        after = _sort(sign)
        waiting = list(open_ways)
        if ways is self._floating:
            waiting.append(self._start)
        seen: set[int] = set()
        further: set[int] = set()
        while waiting:
            state = waiting.pop()
            if state in seen:
                continue
            seen.add(state)
            test = self._tests[state]
            if test is not None:
                if sign and test[0](sign):
                    further.add(test[1])
            elif not self._asserts[state] or ASSERTIONS[self._asserts[state]](before, after):
                waiting += self._ways[state]
        self._count(len(seen))
        if len(ways.table) > PATTERN_STATES_MAX * 10:
            ways.forget()
        found = (self._end in seen, ways.number(frozenset(further), after))
        ways.table[place, sign] = found
        return found

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > PATTERN_STEPS_MAX:
            raise Unsupported

    # --- building it, from the end

    def _state(
        self, test: Test | None = None, ways: tuple[int, ...] = (), condition: str = ""
    ) -> int:
        if len(self._ways) >= PATTERN_STATES_MAX:
            raise Unsupported
        self._tests.append((test, ways[0]) if test is not None else None)
        self._ways.append(ways)
        self._asserts.append(condition)
        return len(self._ways) - 1

    def _built(self, node: Node, then: int) -> int:
        """Return the state at which a node begins that goes on at another one."""
        if node.sort == "sign":
            return self._state(node.test, (then,))
        if node.sort == "assert":
            return self._state(None, (then,), node.name)
        if node.sort == "then":
            for part in reversed(node.parts):
                then = self._built(part, then)
            return then
        if node.sort == "or":
            return self._state(None, tuple(self._built(part, then) for part in node.parts))
        inner = node.parts[0]
        if node.most is None:
            again = self._state()
            self._ways[again] = (self._built(inner, again), then)
            then = again
        for _ in range((node.most or node.least) - node.least):
            then = self._state(None, (self._built(inner, then), then))
        for _ in range(node.least):
            then = self._built(inner, then)
        return then


class _Ways:
    """Which ways are open, each set of them with a number, and where each sign leads from there."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: what is remembered is bounded too."""
        self.table: dict[tuple[int, str], tuple[bool, int]] = {}
        self.places: list[tuple[frozenset[int], int]] = []
        self._numbers: dict[tuple[frozenset[int], int], int] = {}

    def number(self, open_ways: frozenset[int], before: int) -> int:
        """Return the number of a set of open ways after a sign of some sort."""
        place = (open_ways, before)
        if place not in self._numbers:
            self._numbers[place] = len(self.places)
            self.places.append(place)
        return self._numbers[place]


def _sort(sign: str) -> int:
    if not sign:
        return EDGE
    return WORD if sign.isalnum() or sign == "_" else OTHER
