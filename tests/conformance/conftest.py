"""Lets another set of cases be run, and says how many passed, failed and had no adapter."""

from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.loading import CASES, load


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", default=str(CASES), help="a folder with files of cases")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        cases = load(Path(metafunc.config.getoption("--cases", default=str(CASES))))
        metafunc.parametrize("case", cases, ids=[f"{case.area}-{case.id}" for case in cases])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: Counter[str] = Counter()
    for outcome in ("passed", "failed", "skipped"):
        reports = terminalreporter.stats.get(outcome, [])
        counts[outcome] = sum("tests/conformance/test_cases" in each.nodeid for each in reports)
    if counts.total():
        terminalreporter.write_line(
            f"conformance: {counts['passed']} passed, {counts['failed']} failed, "
            f"{counts['skipped']} without an adapter yet"
        )
