"""YAML as kubectl prints it.

kubectl prints through sigs.k8s.io/yaml, a port of libyaml: block style, keys in natural order, lines
folded after 80 characters, texts bare where they read as texts, in double quotes where they would
read as something else, in single quotes where their signs forbid bare text. PyYAML is a port of the
same library; what differs is put right here.
"""

import re
from functools import cmp_to_key
from typing import Any

import yaml

STR = "tag:yaml.org,2002:str"
LINE_WIDTH = 80
"""libyaml's preferred width, which kubectl leaves as it is."""

NOT_A_TEXT = (
    frozenset(
        form
        for word in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
        for form in (word, word.capitalize(), word.upper())
    )
    | {"~", "", ".nan", ".NaN", ".NAN"}
    | {f"{sign}.{word}" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")}
)
INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
DIGITS, DIGITS_AT_END = re.compile(r"[0-9]+"), re.compile(r"[0-9]+$")
DATE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?"
)


def reads_as_text(text: str) -> bool:
    """Tell whether Go's YAML reader takes bare words for a text and for nothing else."""
    if text in NOT_A_TEXT:
        return False
    if text[0] in "+-.0123456789":
        bare = text if text[0] == "." else text.replace("_", "")
        if INTEGER.fullmatch(bare) or FLOAT.fullmatch(bare) or DATE.fullmatch(text):
            return False
    return SEXAGESIMAL.fullmatch(text) is None


def to_yaml(content: Any) -> str:
    """Return the YAML text of a JSON value, as `kubectl get -o yaml` prints it."""
    return yaml.dump(
        _ordered(content),
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=LINE_WIDTH,
    )


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=cmp_to_key(_compared))}
    if isinstance(value, list):
        return [_ordered(each) for each in value]
    return value


def _compared(one: str, other: str) -> int:
    """Compare two keys in natural order: numbers by their size, other signs before letters."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left == right:
            continue
        if left.isalpha() and right.isalpha():
            return -1 if left < right else 1
        if left.isalpha() or right.isalpha():
            return -1 if right.isalpha() else 1
        # A zero within a number counts as a digit, a leading one does not.
        before = DIGITS_AT_END.search(one[:place])
        inner = "0" in (left, right) and before is not None and before[0].strip("0") != ""
        numbers = [DIGITS.match(text, place) for text in (one, other)]
        sizes = [int(f"{int(inner)}{found[0] if found else ''}") for found in numbers]
        if sizes[0] != sizes[1]:
            return -1 if sizes[0] < sizes[1] else 1
        ends = [len(found[0]) if found else 0 for found in numbers]
        if ends[0] != ends[1]:
            return -1 if ends[0] < ends[1] else 1
        return -1 if left < right else 1
    return len(one) - len(other)


class _Dumper(yaml.SafeDumper):
    """PyYAML's printer with libyaml's habits."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is yaml.ScalarNode and implicit[0] and reads_as_text(value):
            return STR
        return super().resolve(kind, value, implicit)

    def write_literal(self, text: str) -> None:
        """Write a block, and no end of the document after one that keeps its empty lines."""
        super().write_literal(text)
        self.open_ended = False

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        """Fold at a space as libyaml does: by a line break alone, without a backslash."""
        self.write_indicator('"', True)
        after_space = False
        for number, sign in enumerate(text):
            inside = 0 < number < len(text) - 1
            if sign == " " and split and inside and not after_space and self.column > LINE_WIDTH:
                self.write_indent()
                if text[number + 1] == " ":
                    self._put("\\")
                after_space = True
                continue
            self._put(sign if _is_printed(sign) else _escaped(sign))
            after_space = sign == " "
        self.write_indicator('"', False)

    def _put(self, text: str) -> None:
        self.column += len(text)
        self.stream.write(text)


def _is_printed(sign: str) -> bool:
    if sign in '"\\\ufeff':
        return False
    return " " <= sign <= "~" or "\xa0" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd"


ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


def _escaped(sign: str) -> str:
    if sign in ESCAPES:
        return "\\" + ESCAPES[sign]
    number = ord(sign)
    letter, digits = ("x", 2) if number < 0x100 else ("u", 4) if number < 0x10000 else ("U", 8)
    return f"\\{letter}{number:0{digits}X}"


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None if reads_as_text(text) else '"'
    if any(sign > "\uffff" for sign in text):
        style = '"'
    return dumper.represent_scalar(STR, text, style=style)


_Dumper.add_representer(str, _text)
