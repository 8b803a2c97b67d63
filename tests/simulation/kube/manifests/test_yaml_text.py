"""The YAML of kubectl, text by text; every expectation was printed by a kubectl."""

import pytest
import yaml

from simulation.kube.manifests.yaml_text import to_yaml


@pytest.mark.parametrize(
    "text",
    [
        "y",
        "N",
        "yes",
        "off",
        "True",
        "null",
        "~",
        "",
        "123",
        "0123",
        "0o7",
        "0x1F",
        "0b11",
        "1e3",
        "1.5",
        ".5",
        "+1",
        "1_000",
        ".nan",
        "-.inf",
        "2020-01-01",
        "2020-01-01T10:00:00Z",
        "12:30",
        "190:20:30",
        "08",
        "1E-3",
        "a\tb",
        "a \nb",
        "a\rb",
        "00",
        "0_1",
    ],
)
def test_a_text_that_would_read_as_something_else_is_in_double_quotes(text: str) -> None:
    printed = to_yaml({"k": text})

    assert printed.startswith('k: "'), printed
    assert yaml.safe_load(printed) == {"k": text}


@pytest.mark.parametrize(
    "text",
    [
        "tRue",
        "_1",
        "1e",
        "--",
        "a:b",
        "a#b",
        "nan",
        "inf",
        "<<",
        "=",
        "1:70",
        "0x",
        "0o8",
        "1.2.3",
        "500m",
        "1Gi",
        "-1a",
        "http://a/b:80",
        "a'b",
        'a"b',
        "\\a",
        "2020-01-01 10:00",
        "é",
    ],
)
def test_a_text_that_reads_as_a_text_is_bare(text: str) -> None:
    assert to_yaml({"k": text}) == f"k: {text}\n"


@pytest.mark.parametrize(
    "text",
    ["-", "- a", "a: b", "a #b", "@a", "%a", "*a", "a:", "[a", ",a", " a", "a ", "---", "{}"],
)
def test_a_text_whose_signs_mean_something_is_in_single_quotes(text: str) -> None:
    assert to_yaml({"k": text}) == f"k: '{text}'\n"


def test_several_lines_are_a_block() -> None:
    content = {"data": {"a": "one\ntwo", "b": "one\n", "c": "one\n\n"}}

    printed = to_yaml(content)

    assert printed == "data:\n  a: |-\n    one\n    two\n  b: |\n    one\n  c: |+\n    one\n\n"


def test_long_lines_are_folded_after_eighty_characters() -> None:
    printed = to_yaml({"k": "word: " * 20, "t": "\t" + "word " * 20})

    assert printed == (
        "k: 'word: word: word: word: word: word: word: word: word: word: word: word: word:\n"
        "  word: word: word: word: word: word: word: '\n"
        't: "\\tword word word word word word word word word word word word word word word word\n'
        '  word word word word "\n'
    )


def test_keys_are_in_natural_order() -> None:
    keys = ["k10", "k2", "k1", "a1b", "a_b", "a.b/c", "a-b", "a b", "a", "A", "z", "y", "true", "1"]

    printed = to_yaml(dict.fromkeys(keys, 0))

    assert [line.rpartition(":")[0].strip('"') for line in printed.splitlines()] == [
        "1",
        "A",
        "a",
        "a b",
        "a-b",
        "a.b/c",
        "a_b",
        "a1b",
        "k1",
        "k2",
        "k10",
        "true",
        "y",
        "z",
    ]
    assert '"true": 0' in printed


def test_lists_stand_below_their_key_without_indentation() -> None:
    printed = to_yaml({"args": ["a", 1, True, None, {"x": []}, {}]})

    assert printed == "args:\n- a\n- 1\n- true\n- null\n- x: []\n- {}\n"
