"""What may stand behind a pipe: grep, wc, head, tail, sort, uniq, cut down to what people type."""

import re
from collections.abc import Iterator

from simulation.kernel.records import Record
from simulation.kubectl.errors import CommandError
from simulation.kubectl.limits import PATTERN_CHARACTERS_MAX
from simulation.kubectl.numbers import LARGEST, is_whole, whole_number
from simulation.kubectl.parse import not_here
from simulation.kubectl.patterns import Invalid, Pattern, Unsupported

LINES_DEFAULT = 10


def apply(words: list[str], text: str) -> tuple[str, int]:
    """Return what a filter lets through, and its exit status; raise CommandError."""
    name = words[0]
    if name not in _FILTERS:
        if name == "xargs":
            raise not_here(
                "| xargs", "kubectl delete -l SELECTOR, or the names typed behind the command"
            )
        if name in ("sed", "jq", "tee", "cut", "tr", "column", "yq", "watch", "python3"):
            raise not_here(f"| {name}", "| grep, | wc -l, | head, or kubectl get -o jsonpath")
        raise CommandError(f"bash: {name}: command not found", 127)
    lines = text.splitlines()
    return _FILTERS[name](words[1:], lines)


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


class _Search(Record):
    """What the words behind grep mean."""

    letters: str = ""
    patterns: tuple[str, ...] = ()
    before: int = 0
    after: int = 0
    most: int = -1


LONG = {
    "--after-context": "A",
    "--before-context": "B",
    "--context": "C",
    "--count": "c",
    "--extended-regexp": "E",
    "--fixed-strings": "F",
    "--ignore-case": "i",
    "--invert-match": "v",
    "--line-number": "n",
    "--line-regexp": "x",
    "--max-count": "m",
    "--only-matching": "o",
    "--perl-regexp": "P",
    "--quiet": "q",
    "--regexp": "e",
    "--silent": "q",
    "--word-regexp": "w",
}
WITH_VALUE = "ABCem"


def _asked(words: list[str]) -> _Search:
    """Read the words behind grep; raise CommandError where grep would."""
    letters, patterns, numbers, plain = "", [], {}, []
    for letter, value in _options(list(words)):
        if not letter:
            plain.append(value)
        elif letter == "e":
            patterns.append(value)
        elif letter in WITH_VALUE and COUNT.fullmatch(value) is None:
            raise CommandError(f"grep: {value}: invalid context length argument", 2)
        elif letter in WITH_VALUE:
            # As grep does: what no number of lines can be is the largest that can.
            numbers[letter] = int(value) if is_whole(value) else LARGEST
        elif letter not in GREP_LETTERS:
            raise CommandError(f"grep: invalid option -- '{letter}'\n{GREP_USAGE}", 2)
        else:
            letters += letter
    if not patterns:
        patterns, plain = plain[:1], plain[1:]
    if not patterns:
        raise CommandError(GREP_USAGE, 2)
    if plain:
        raise CommandError(f"grep: {plain[0]}: No such file or directory", 2)
    around = numbers.get("C", 0)
    return _Search(
        letters,
        tuple(patterns),
        numbers.get("B", around),
        numbers.get("A", around),
        numbers.get("m", -1),
    )


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (letter, value) of each option, and ("", word) of what is none."""
    while words:
        word = words.pop(0)
        if word.startswith("--") and len(word) > 2:
            name, equals, value = word.partition("=")
            if name in ("--color", "--colour"):
                continue
            if name not in LONG:
                raise CommandError(f"grep: unrecognized option '{name}'\n{GREP_USAGE}", 2)
            word = f"-{LONG[name]}{value if equals else ''}"
        if not word.startswith("-") or word == "-":
            yield "", word
            continue
        rest = f"C{word[1:]}" if COUNT.fullmatch(word[1:]) else word[1:]
        while rest:
            letter, rest = rest[0], rest[1:]
            if letter in WITH_VALUE:
                if not rest and not words:
                    raise CommandError(
                        f"grep: option requires an argument -- '{letter}'\n{GREP_USAGE}", 2
                    )
                yield letter, rest or words.pop(0)
                break
            yield letter, ""


GREP_USAGE = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information."
GREP_LETTERS = "EFGPchilnoqsvwxy"
COUNT = re.compile(r"[0-9]+")


def _grep(words: list[str], lines: list[str]) -> tuple[str, int]:
    asked = _asked(words)
    try:
        return _grepped(asked, _pattern(asked), lines)
    except Unsupported:
        raise CommandError(
            "grep with this pattern: real, not simulated here, try: a simpler pattern", 2
        ) from None


def _grepped(asked: _Search, wanted: Pattern, lines: list[str]) -> tuple[str, int]:
    letters = asked.letters
    hits = [number for number, line in enumerate(lines) if wanted.matches(line) != ("v" in letters)]
    if asked.most >= 0:
        hits = hits[: asked.most]
    status = 0 if hits else 1
    if "q" in letters:
        return "", status
    if "c" in letters:
        return f"{len(hits)}\n", status
    if "l" in letters:
        return "(standard input)\n" if hits else "", status
    if "o" in letters:
        found = [
            f"{number + 1}:{each}" if "n" in letters else each
            for number in hits
            if "v" not in letters
            for each in wanted.found(lines[number])
        ]
        return _joined(found), status
    return _joined(_shown(asked, lines, hits)), status


def _shown(asked: _Search, lines: list[str], hits: list[int]) -> list[str]:
    """Return the hits with the lines around them, a rule between what is not adjacent."""
    near: list[int] = []
    for hit in hits:
        # No line twice: a thousand hits with a thousand lines around each are not a million.
        first = max(near[-1] + 1 if near else 0, hit - asked.before)
        near += range(first, min(len(lines), hit + asked.after + 1))
    found, shown = set(hits), []
    for place, number in enumerate(near):
        if place and near[place - 1] != number - 1 and (asked.before or asked.after):
            shown.append("--")
        sign = ":" if number in found else "-"
        shown.append(
            f"{number + 1}{sign}{lines[number]}" if "n" in asked.letters else lines[number]
        )
    return shown


def _pattern(asked: _Search) -> Pattern:
    letters = asked.letters
    each_way = [
        re.escape(each) if "F" in letters else _syntax(each, letters) for each in asked.patterns
    ]
    pattern = "|".join(each_way)
    if len(pattern) > PATTERN_CHARACTERS_MAX:
        raise CommandError("grep: the pattern is too complicated for this terminal", 2)
    whole = "line" if "x" in letters else "word" if "w" in letters else ""
    try:
        return Pattern(pattern, "i" in letters or "y" in letters, whole)
    except Invalid as problem:
        raise CommandError(f"grep: {problem}", 2) from None


def _syntax(pattern: str, letters: str) -> str:
    """Turn a basic regular expression into an extended one: \\| there is | here."""
    if "E" in letters or "P" in letters:
        return pattern
    swapped = {
        "\\|": "|",
        "\\(": "(",
        "\\)": ")",
        "\\+": "+",
        "\\?": "?",
        "|": "\\|",
        "(": "\\(",
        ")": "\\)",
        "+": "\\+",
        "?": "\\?",
    }
    return re.sub(r"\\[|()+?]|[|()+?]", lambda found: swapped[found.group()], pattern)


def _wc(words: list[str], lines: list[str]) -> tuple[str, int]:
    if words == ["-l"]:
        return f"{len(lines)}\n", 0
    if words == ["-w"]:
        return f"{sum(len(line.split()) for line in lines)}\n", 0
    size = sum(len(line.encode()) + 1 for line in lines)
    if words == ["-c"]:
        return f"{size}\n", 0
    return f"{len(lines):>7} {sum(len(line.split()) for line in lines):>7} {size:>7}\n", 0


def _count(words: list[str]) -> int:
    text = "".join(words).removeprefix("-n").removeprefix("-")
    try:
        return whole_number(text) if text else LINES_DEFAULT
    except CommandError:
        raise CommandError(f"head: invalid number of lines: ‘{text}’") from None


def _head(words: list[str], lines: list[str]) -> tuple[str, int]:
    return _joined(lines[: max(0, _count(words))]), 0


def _tail(words: list[str], lines: list[str]) -> tuple[str, int]:
    text = "".join(words)
    if "+" in text:
        return _joined(lines[max(0, _count([text.replace("+", "")]) - 1) :]), 0
    count = _count(words)
    return _joined(lines[len(lines) - min(count, len(lines)) :]), 0


def _sort(words: list[str], lines: list[str]) -> tuple[str, int]:
    letters = "".join(word.removeprefix("-") for word in words)
    ordered = sorted(lines, key=_leading_number) if "n" in letters else sorted(lines)
    if "u" in letters:
        ordered = list(dict.fromkeys(ordered))
    return _joined(ordered[::-1] if "r" in letters else ordered), 0


def _leading_number(line: str) -> tuple[int, str]:
    found = re.match(r"\s*(-?[0-9]{1,400})", line)
    return (int(found[1]) if found else 0, line)


def _uniq(words: list[str], lines: list[str]) -> tuple[str, int]:
    runs: list[tuple[int, str]] = []
    for line in lines:
        if runs and runs[-1][1] == line:
            runs[-1] = (runs[-1][0] + 1, line)
        else:
            runs.append((1, line))
    counted = words == ["-c"]
    return _joined([f"{count:>7} {line}" if counted else line for count, line in runs]), 0


def _cat(words: list[str], lines: list[str]) -> tuple[str, int]:
    return _joined(lines), 0


def _awk(words: list[str], lines: list[str]) -> tuple[str, int]:
    """Do what people type most: awk '{print $1, $3}', perhaps with NR>1 or a /pattern/ before it."""
    found = AWK.fullmatch(words[0].strip()) if len(words) == 1 else None
    if found is None:
        raise not_here("| awk beyond '{print $1}'", "kubectl get -o custom-columns or -o jsonpath")
    if found["skip"]:
        lines = lines[int(found["skip"]) :]
    if found["pattern"]:
        lines = _grep(["-E", found["pattern"]], lines)[0].splitlines()
    shown = []
    for line in lines:
        fields = line.split()
        cells = []
        for each in found["fields"].split(","):
            name = each.strip().removeprefix("$")
            number = len(fields) if name == "NF" else int(name)
            cells.append(
                line if number == 0 else fields[number - 1] if number <= len(fields) else ""
            )
        shown.append(" ".join(cells))
    return _joined(shown), 0


AWK = re.compile(
    r"(?:NR\s*>\s*(?P<skip>[0-9]{1,4})\s*|/(?P<pattern>[^/]+)/\s*)?"
    r"\{\s*print\s*(?P<fields>\$(?:[0-9]{1,3}|NF)(?:\s*,\s*\$(?:[0-9]{1,3}|NF))*)\s*;?\s*\}"
)
BY_LINE = ("cat", "egrep", "grep", "less", "more")
"""Filters that can stand behind a command that goes on printing."""

_FILTERS = {
    "awk": _awk,
    "cat": _cat,
    "less": _cat,
    "more": _cat,
    "egrep": lambda words, lines: _grep(["-E", *words], lines),
    "grep": _grep,
    "head": _head,
    "sort": _sort,
    "tail": _tail,
    "uniq": _uniq,
    "wc": _wc,
}
