"""What may stand behind a pipe: grep, wc, head, tail, sort, uniq, cut down to what people type."""

import re

from simulation.kubectl.errors import CommandError
from simulation.kubectl.limits import PATTERN_CHARACTERS_MAX
from simulation.kubectl.numbers import is_whole, whole_number
from simulation.kubectl.parse import not_here
from simulation.kubectl.patterns import Invalid, Pattern, Unsupported

LINES_DEFAULT = 10


def apply(words: list[str], text: str) -> tuple[str, int]:
    """Return what a filter lets through, and its exit status; raise CommandError."""
    name = words[0]
    if name not in _FILTERS:
        if name in ("sed", "jq", "xargs", "tee", "cut", "tr", "column", "yq", "watch", "python3"):
            raise not_here(f"| {name}", "| grep, | wc -l, | head, or kubectl get -o jsonpath")
        raise CommandError(f"bash: {name}: command not found", 127)
    lines = text.splitlines()
    return _FILTERS[name](words[1:], lines)


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _grep(words: list[str], lines: list[str]) -> tuple[str, int]:
    letters, patterns, context = "", [], {"A": 0, "B": 0, "C": 0}
    while words:
        word = words.pop(0)
        if word == "-e" and words:
            patterns.append(words.pop(0))
        elif word in ("-A", "-B", "-C") and words and is_whole(words[0]):
            context[word[1]] = int(words.pop(0))
        elif word.startswith("--") and len(word) > 2:
            letters += {"--ignore-case": "i", "--invert-match": "v", "--count": "c"}.get(word, "")
        elif word.startswith("-") and len(word) > 1:
            letters += word[1:]
        else:
            patterns.append(word)
    if not patterns:
        raise CommandError("Usage: grep [OPTION]... PATTERNS", 2)
    pattern = "|".join(re.escape(each) if "F" in letters else _syntax(each, letters) for each in patterns)
    try:
        return _grepped(_pattern(pattern, letters), letters, context, lines)
    except Unsupported:
        raise CommandError("grep with this pattern: real, not simulated here, try: a simpler pattern", 2) from None


def _pattern(pattern: str, letters: str) -> Pattern:
    if len(pattern) > PATTERN_CHARACTERS_MAX:
        raise CommandError("grep: the pattern is too complicated for this terminal", 2)
    try:
        return Pattern(rf"\b(?:{pattern})\b" if "w" in letters else pattern, "i" in letters)
    except Invalid as problem:
        raise CommandError(f"grep: {problem}", 2) from None


def _grepped(
    wanted: Pattern, letters: str, context: dict[str, int], lines: list[str]
) -> tuple[str, int]:
    hits = [number for number, line in enumerate(lines) if wanted.matches(line) != ("v" in letters)]
    if "q" in letters:
        return "", 0 if hits else 1
    if "c" in letters:
        return f"{len(hits)}\n", 0 if hits else 1
    if "o" in letters:
        found = [each for number in hits for each in wanted.found(lines[number])]
        return _joined(found), 0 if found else 1
    before, after = context["B"] or context["C"], context["A"] or context["C"]
    shown = sorted({n for hit in hits for n in range(max(0, hit - before), min(len(lines), hit + after + 1))})
    return _joined([f"{n + 1}:{lines[n]}" if "n" in letters else lines[n] for n in shown]), 0 if hits else 1


def _syntax(pattern: str, letters: str) -> str:
    """Turn a basic regular expression into an extended one: \\| there is | here."""
    if "E" in letters or "P" in letters:
        return pattern
    swapped = {"\\|": "|", "\\(": "(", "\\)": ")", "\\+": "+", "\\?": "?",
               "|": "\\|", "(": "\\(", ")": "\\)", "+": "\\+", "?": "\\?"}
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
        return whole_number(text, "") if text else LINES_DEFAULT
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
            cells.append(line if number == 0 else fields[number - 1] if number <= len(fields) else "")
        shown.append(" ".join(cells))
    return _joined(shown), 0


AWK = re.compile(
    r"(?:NR\s*>\s*(?P<skip>[0-9]{1,4})\s*|/(?P<pattern>[^/]+)/\s*)?"
    r"\{\s*print\s*(?P<fields>\$(?:[0-9]{1,3}|NF)(?:\s*,\s*\$(?:[0-9]{1,3}|NF))*)\s*;?\s*\}"
)
BY_LINE = ("cat", "egrep", "grep", "less", "more")
"""Filters that can stand behind a command that goes on printing."""

_FILTERS = {"awk": _awk, "cat": _cat, "less": _cat, "more": _cat, "egrep": lambda words, lines: _grep(["-E", *words], lines), "grep": _grep,
            "head": _head, "sort": _sort, "tail": _tail, "uniq": _uniq, "wc": _wc}
