"""Questions that once froze whoever answered them: their cost is counted, and too much is refused."""

import random

import pytest

from simulation.kubectl import filters, jsonpath
from simulation.kubectl.errors import CommandError
from simulation.kubectl.jsonpath import Walk
from simulation.kubectl.limits import (
    ARGV_WORDS_MAX,
    COLUMNS_MAX,
    LINE_CHARACTERS_MAX,
    PATTERN_STEPS_MAX,
    RENDER_CHARACTERS_MAX,
    WALK_STEPS_MAX,
)
from simulation.kubectl.patterns import Pattern, Unsupported
from simulation.lab import queries
from tests.simulation.kubectl.terminals import a_lab

WIDE = {"items": [{"a": n, "b": {"c": "x" * 20}} for n in range(1_000)]}


@pytest.mark.parametrize(
    "template",
    [
        "{range $..}{range $..}{end}{end}",
        "{range $..}{range $..}{range $..}x{end}{end}{end}",
        "{range ..}{'" + "x" * 500 + "'}{end}",
        "{..}" * 200,
        "{..[?(@..[?(@..a)])]}",
        "{.items[" + " " * 3_000 + "x]}",
    ],
)
def test_a_template_that_multiplies_is_refused(template: str):
    with pytest.raises(CommandError):
        jsonpath.render(template, WIDE)


def test_one_count_goes_through_all_ranges_of_a_template(monkeypatch: pytest.MonkeyPatch):
    walks: list[Walk] = []
    monkeypatch.setattr(jsonpath, "Walk", lambda: walks.append(Walk()) or walks[-1])

    with pytest.raises(CommandError, match="past more values"):
        jsonpath.render("{range $..}{range $..}{range $..}{end}{end}{end}", WIDE)

    assert len(walks) == 1
    assert WALK_STEPS_MAX < walks[0].steps < WALK_STEPS_MAX + 10_000
    assert walks[0].characters <= RENDER_CHARACTERS_MAX


def test_an_expression_within_a_range_is_read_once(monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    steps_of = jsonpath.steps_of
    monkeypatch.setattr(jsonpath, "steps_of", lambda path: read.append(path) or steps_of(path))

    jsonpath.render("{range .items[*]}{.a}{.b.c}{end}", WIDE)

    assert read == [" .items[*]", ".a", ".b.c"]


def test_a_thousand_pods_are_not_too_many_to_look_everywhere():
    assert len(jsonpath.render("{..c}", WIDE).split()) == 1_000
    assert jsonpath.render('{range .items[*]}{.a}{"\\n"}{end}', WIDE).splitlines()[-1] == "999"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["kubectl", "get", "pods", "-A", "-o", "jsonpath-as-json={..}"], "this terminal"),
        (["kubectl", "get", "pods", "-o", f"custom-columns={','.join(['A:..'] * (COLUMNS_MAX + 1))}"],
         f"more than {COLUMNS_MAX} custom columns"),
        (["kubectl", "get", "pods", "-A", "-o", f"custom-columns={','.join(['A:..'] * COLUMNS_MAX)}"],
         "this terminal"),
        (["kubectl", "get", *["x"] * ARGV_WORDS_MAX], "too many words"),
        (["kubectl", "get", "pods", "-l", "," * LINE_CHARACTERS_MAX], "the line is too long"),
        (["echo", "a", "|", "grep", "-P", "(?=a)"], "real, not simulated here, try: a simpler pattern"),
        (["echo", "a", "|", "grep", "-E", "a{900}{900}"], "real, not simulated here, try: a simpler pattern"),
        (["echo", "a", "|", "grep", "-E", "(" * 90 + "a"], "real, not simulated here, try: a simpler pattern"),
        (["echo", "a", "|", "grep", "-E", "(a"], "grep: Unmatched ( or \\("),
    ],
)  # fmt: skip
def test_a_line_that_asks_for_too_much_is_told_so(argv: list[str], said: str):
    body = queries.answer(a_lab(), {"ask": "kubectl", "argv": argv})

    assert said in body["stderr"]
    assert body["status"] != 0


@pytest.mark.parametrize(
    "pattern", ["(a|a)*b", "(a|aa)+$b", "(a*|a)*c", ".*.*.*.*.*.*.*.*x", "(a?){30}a{30}b"]
)
def test_a_pattern_costs_a_few_steps_a_sign_however_it_is_written(pattern: str):
    wanted = Pattern(pattern)

    assert not wanted.matches("a" * 1_000)
    first = wanted.steps
    assert not wanted.matches("a" * 1_000)

    # What is learnt on the way is remembered: the second time a sign is a look-up.
    assert (first < 20_000, wanted.steps - first) == (True, 1_001)


def test_a_pattern_with_endless_states_stops_at_its_bound():
    wanted = Pattern("(a|b)*a(a|b){100}c")
    line = "".join(random.Random(1).choices("ab", k=100_000))

    with pytest.raises(Unsupported):
        wanted.matches(line)

    assert wanted.steps < PATTERN_STEPS_MAX + 2_000


@pytest.mark.parametrize(
    ("words", "text", "shown"),
    [
        (["-E", "web|cart"], "web-1\npay-2\ncart-3", "web-1\ncart-3"),
        (["-o", "[a-z]*-[0-9]"], "web-1 pay-2", "web-1\npay-2"),
        (["-w", "web"], "web-1\nwebs\nmy web", "web-1\nmy web"),
        (["-i", "RUNNING"], "Running\nPending", "Running"),
        (["-v", "^$"], "a\n\nb", "a\nb"),
        (["a\\|c"], "a\nb\nc", "a\nc"),
        (["-F", "a.c"], "abc\na.c", "a.c"),
        (["-E", "[[:digit:]]+s$"], "12s\ns12", "12s"),
        (
            ["-E", "^[^ ]+ +[01]/1 "],
            "web-1   1/1   Running\nweb-2   2/1 x",
            "web-1   1/1   Running",
        ),
        (["1\\."], "1.5\n15", "1.5"),
        (["{print"], "{print}\nx", "{print}"),
        (["[]a-]x"], "]x\n-x\nbx", "]x\n-x"),
        (["-P", "\\d{2,3}\\b"], "1\n12\n1234", "12\n1234"),
    ],
)
def test_patterns_mean_what_they_mean_to_grep(words: list[str], text: str, shown: str):
    assert filters.apply(["grep", *words], text)[0].splitlines() == shown.splitlines()
