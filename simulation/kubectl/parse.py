"""A kubectl command line to a Call: the verb, its arguments and its flags.

Knows which flags each verb has and nothing of what they do. What is typed wrong gets the words of
kubectl's own parser (cobra and pflag).
"""

from simulation.kernel.records import Record
from simulation.kubectl.durations import duration_trouble
from simulation.kubectl.errors import CommandError, NotHere, usage, usage_of
from simulation.kubectl.flags import DURATIONS, NUMBERS, WITHOUT_VALUE, refused
from simulation.kubectl.helping import overview, page_of
from simulation.kubectl.numbers import number_trouble
from simulation.kubectl.verbs import ALIASES, GLOBAL, GROUPS, NOT_HERE, VERBS

SUGGESTED_UP_TO = 2
"""Edits between a typo and what cobra suggests for it."""

TRUTHS = ("1", "0", "t", "f", "T", "F", "true", "false", "TRUE", "FALSE", "True", "False")


class Call(Record):
    """A command line, understood."""

    verb: str
    args: tuple[str, ...] = ()
    flags: dict[str, tuple[str, ...]] = {}
    after: tuple[str, ...] = ()
    """What followed a bare "--"."""

    def flag(self, name: str, default: str = "") -> str:
        """Return the last value of a flag."""
        values = self.values(name)
        return values[-1] if values else default

    def values(self, name: str) -> tuple[str, ...]:
        """Return all values of a flag as they were typed."""
        return self.flags.get(name, ())

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a flag that may be repeated or hold commas."""
        return tuple(part for value in self.values(name) for part in value.split(",") if part)

    def given(self, name: str) -> bool:
        """Tell whether a flag was written at all."""
        return name in self.flags

    def on(self, name: str, default: bool = False) -> bool:
        """Tell whether a switch is on."""
        if not self.given(name):
            return default
        return self.flag(name) in ("true", "1", "t", "T", "TRUE", "True")

    @property
    def namespace(self) -> str:
        """The namespace that was asked for, "default" if none was."""
        return self.flag("namespace") or "default"

    @property
    def dry_run(self) -> str:
        """Which side acts in a dry run, "client" or "server"; empty if it is none."""
        mode = self.flag("dry-run", "none")
        if mode not in ("none", "client", "server", "unchanged"):
            raise CommandError(
                f'error: Invalid dry-run value ({mode}). Must be "none", "server", or "client".'
            )
        return {"none": "", "unchanged": "client"}.get(mode, mode)

    @property
    def server(self) -> str:
        """The control plane node that `--server` names, or an empty text."""
        text = self.flag("server").removeprefix("https://").removeprefix("http://")
        return text.partition(":")[0]


def parse(argv: tuple[str, ...]) -> Call:
    """Return what a line such as ("kubectl", "get", "pods") means; raise CommandError if nothing."""
    words = list(argv[1:] if argv and argv[0] in ("kubectl", "k") else argv)
    flags: dict[str, tuple[str, ...]] = {}
    # Global flags may stand before the verb: kubectl -n shop get pods.
    while words and words[0].startswith("-") and words[0] != "--":
        _flag(words, _known(GLOBAL), flags, "")
    if not words:
        if "help" in flags:
            return Call("help")
        raise CommandError(overview().rstrip("\n"), 0)
    verb = _verb(words)
    known = _known(f"{VERBS[verb]} {GLOBAL}")
    args: list[str] = []
    after: tuple[str, ...] = ()
    while words:
        if words[0] == "--":
            after = tuple(words[1:])
            break
        if words[0].startswith("-") and len(words[0]) > 1:
            _flag(words, known, flags, verb)
        else:
            args.append(words.pop(0))
    for name, values in flags.items():
        _check(name, values[-1], known, verb)
    problem = refused(verb, flags) if "help" not in flags else None
    if problem is not None:
        raise not_here(f"kubectl {verb} {problem[0]}", problem[1])
    return Call(verb, tuple(args), flags, after)


COMMANDS = sorted({each.split()[0] for each in (*VERBS, *NOT_HERE)})


def _verb(words: list[str]) -> str:
    verb = words.pop(0)
    if verb == "help":
        if not words:
            raise CommandError(overview().rstrip("\n"), 0)
        # `kubectl help get pods` is `kubectl get --help`.
        verb = _verb(words)
        words[:] = ["--help"]
        return verb
    if verb in GROUPS and words and not words[0].startswith("-"):
        pair = ALIASES.get(f"{verb} {words[0]}", f"{verb} {words[0]}")
        if pair in VERBS:
            words.pop(0)
            return pair
        if pair in NOT_HERE:
            raise not_here(f"kubectl {pair}", NOT_HERE[pair])
        text = (
            f"Unexpected args: [{' '.join(words)}]"
            if verb == "create"
            else f'unknown command "{words[0]}"'
        )
        raise usage_of(text, verb)
    if verb in NOT_HERE:
        raise not_here(f"kubectl {verb}", NOT_HERE[verb])
    if verb not in VERBS:
        near = [each for each in COMMANDS if _is_near(each, verb)]
        hint = "\n\nDid you mean this?\n\t" + "\n\t".join(near) if near else ""
        raise CommandError(f'error: unknown command "{verb}" for "kubectl"{hint}')
    if verb in GROUPS and verb != "create" and not {"-h", "--help"} & set(words):
        raise CommandError(page_of(verb).rstrip("\n"))
    return verb


def not_here(command: str, instead: str = "") -> CommandError:
    """Return the answer to a command that is real, yet not simulated."""
    hint = f", try: {instead}" if instead else ""
    return NotHere(f"{command}: real, not simulated here{hint}")


def _is_near(known: str, typed: str) -> bool:
    """Tell whether cobra would suggest a command: few edits away, or begun as it was typed."""
    return known.startswith(typed.lower()) or _edits(known, typed.lower()) <= SUGGESTED_UP_TO


def _edits(one: str, other: str) -> int:
    """Return the Levenshtein distance of two words."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, against in enumerate(other, 1):
            changed = before + (letter != against)
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, changed)
    return row[-1]


def _known(specification: str) -> dict[str, tuple[str, str]]:
    """Return flag or its short form to (long name, sort)."""
    found: dict[str, tuple[str, str]] = {}
    for word in specification.split():
        name, equals, mark = word.partition("=")
        long, _, short = name.partition(":")
        sort = {"": "value", "*": "list", "?": "switch"}[mark] if equals else "switch"
        # The verb's own flags come first: -p of `logs` is not -p of anything global.
        found.setdefault(f"--{long}", (long, sort))
        if short:
            found.setdefault(f"-{short}", (long, sort))
    return found


Known = dict[str, tuple[str, str]]
"""Flag as it is typed to its long name and its sort."""
Flags = dict[str, tuple[str, ...]]
"""Long name to the values that a line gives."""


def _flag(words: list[str], known: Known, flags: Flags, verb: str) -> None:
    """Take one flag, or one bundle of short ones, off the words."""
    if words[0].startswith("--"):
        _long_flag(words, known, flags, verb)
    else:
        _short_flags(words, known, flags, verb)


def _long_flag(words: list[str], known: Known, flags: Flags, verb: str) -> None:
    name, equals, value = words.pop(0).partition("=")
    if name not in known:
        raise usage(f"unknown flag: {name}", verb)
    long, sort = known[name]
    if not equals:
        if sort == "switch":
            value = "true"
        elif long in WITHOUT_VALUE:
            value = WITHOUT_VALUE[long]
        elif not words:
            raise usage(f"flag needs an argument: {name}", verb)
        else:
            value = words.pop(0)
    _keep(flags, long, value)


def _short_flags(words: list[str], known: Known, flags: Flags, verb: str) -> None:
    word = words.pop(0)
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        if f"-{letter}" not in known:
            raise usage(f"unknown shorthand flag: '{letter}' in {word}", verb)
        long, sort = known[f"-{letter}"]
        if sort == "switch":
            if letters.startswith("="):
                value, letters = letters[1:], ""
            else:
                value = "true"
        elif letters:
            value, letters = letters.removeprefix("="), ""
        elif words:
            value = words.pop(0)
        else:
            raise usage(f"flag needs an argument: '{letter}' in {word}", verb)
        _keep(flags, long, value)


def _check(name: str, value: str, known: dict[str, tuple[str, str]], verb: str) -> None:
    """Raise CommandError about a value that is no number, duration or truth value where one belongs."""
    problem = ""
    if name in NUMBERS:
        problem = number_trouble(value)
    if name in DURATIONS:
        problem = duration_trouble(value)
    if known[f"--{name}"][1] == "switch" and value not in TRUTHS:
        problem = f'strconv.ParseBool: parsing "{value}": invalid syntax'
    if problem:
        short = next(
            (word for word, (long, _) in known.items() if long == name and word[1] != "-"), ""
        )
        shown = f"{short}, --{name}" if short else f"--{name}"
        raise usage(f'invalid argument "{value}" for "{shown}" flag: {problem}', verb)


def _keep(flags: dict[str, tuple[str, ...]], name: str, value: str) -> None:
    flags[name] = (*flags.get(name, ()), value)
