"""Every line typed gets one of three answers, and never a traceback.

It works; or kubectl's own error; or "real, not simulated here, try …". The lines are in lines.txt.
"""

from pathlib import Path
from random import Random

import pytest

from simulation.kernel.units import MINUTE, SECOND
from tests.simulation.kubectl.lines_files import FILES
from tests.simulation.kubectl.terminals import Typed, a_lab, typed

NOT_HERE = ("real, not simulated here", "is a real command, but this terminal has only")
WORKS, ERROR, ELSEWHERE = "works", "error", "elsewhere"


def _lines() -> list[tuple[str, str, str]]:
    """Return (answer, line, first line of the error)."""
    found: list[tuple[str, str, str]] = []
    answer = ""
    for line in (Path(__file__).parent / "lines.txt").read_text().splitlines():
        if line.startswith("== "):
            words = {"it works": WORKS, "kubectl's own": ERROR, "real, not": ELSEWHERE}
            answer = next(each for start, each in words.items() if line[3:].startswith(start))
        elif line.startswith("    "):
            found[-1] = (*found[-1][:2], line.strip())
        elif line and not line.startswith("#"):
            found.append((answer, line, ""))
    return found


LINES = _lines()


def _answer(came: Typed) -> str:
    if any(text in came.text for text in NOT_HERE):
        return ELSEWHERE
    # A watch goes on, and diff ends with 1 if something differs.
    return WORKS if came.status in (0, None) or not came.stderr else ERROR


@pytest.mark.parametrize(("answer", "line", "error"), LINES, ids=[line for _, line, _ in LINES])
def test_a_line_gets_its_answer(answer, line, error):
    came = typed(a_lab(), line, FILES, 3 * MINUTE)

    assert _answer(came) == answer, came.text
    assert "Traceback" not in came.text
    if error:
        said = next(each.strip() for each in came.stderr.splitlines() if each.strip())
        start, more, _ = error.partition(" …")
        assert said.startswith(start) if more else said == error


def test_there_are_more_than_two_hundred_lines():
    assert len(LINES) > 200
    assert {answer for answer, _, _ in LINES} == {WORKS, ERROR, ELSEWHERE}


def test_mangled_lines_never_raise():
    random = Random(7)
    words = sorted({word for _, line, _ in LINES for word in line.split()})
    lab = a_lab()

    for number in range(1_500):
        line = _mangled(random, random.choice(LINES)[1].split(), words)
        if number % 25 == 0:
            lab = a_lab()
        came = typed(lab, line, FILES, 10 * SECOND)
        assert "Traceback" not in came.text, line


def _mangled(random: Random, line: list[str], words: list[str]) -> str:
    """Return a line with words left out, put in, swapped or misspelt, now and then."""
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(line)) if line else 0
        act = random.choice(("drop", "insert", "replace", "misspell"))
        if act == "insert":
            line.insert(place, random.choice(words))
        elif line and act == "drop":
            del line[place]
        elif line and act == "replace":
            line[place] = random.choice(words)
        elif line:
            at = random.randrange(len(line[place]) + 1)
            line[place] = line[place][:at] + random.choice("=,:/-{}[]'\"*.$ x0") + line[place][at:]
    return " ".join(line)
