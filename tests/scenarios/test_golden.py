"""Golden scripts: each plays as it did, to the letter.

A script holds its commands, after "$ ", and what they printed. `pytest tests/scenarios --golden`
writes what is printed now into the files.
"""

from pathlib import Path

import pytest

from tests.scenarios.playing import HERE, played

SCRIPTS = sorted(HERE.glob("*.txt"))
LINES_MAX = 80
"""A trace that fits a screen or two is read; a longer one is waved through."""


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_a_script_plays_as_it_did(path: Path, request: pytest.FixtureRequest):
    expected = path.read_text(encoding="utf-8")

    said = played(expected)

    if request.config.getoption("--golden", default=False):
        path.write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
        return
    assert said == expected.splitlines()


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_a_script_is_short_enough_to_be_read(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_MAX
