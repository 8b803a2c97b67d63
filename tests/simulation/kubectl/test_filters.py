"""grep behind a pipe, as people write it."""

import pytest

from simulation.kubectl import filters
from simulation.kubectl.errors import CommandError

TEXT = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-A1 two", "two\nthree\n"),
        ("-A 1 two", "two\nthree\n"),
        ("-B1 two", "one\ntwo\n"),
        ("-C1 two", "one\ntwo\nthree\n"),
        ("-1 two", "one\ntwo\nthree\n"),
        ("--after-context=1 two", "two\nthree\n"),
        ("-A1 -n two", "2:two\n3-three\n"),
        ("-nA1 two", "2:two\n3-three\n"),
        ("-A1 -e one -e five", "one\ntwo\n--\nfive\nsix\n"),
        ("-iv E", "two\nfour\nsix\n"),
        ("-vc e", "3\n"),
        ("-ic ONE", "1\n"),
        ("-no fo", "4:fo\n"),
        ("-E one|two", "one\ntwo\n"),
        ("-Eow f[a-z]+", "four\nfive\n"),
        ("-w si", ""),
        ("-x six", "six\n"),
        ("-m1 e", "one\n"),
        ("-eone", "one\n"),
        ("--color=auto one", "one\n"),
        ("-F [", ""),
    ],
)
def test_grep_takes_its_options_as_people_write_them(line, said):
    assert filters.apply(["grep", *line.split()], TEXT) == (said, 0 if said else 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-A", "grep: option requires an argument -- 'A'"),
        ("-A x two", "grep: x: invalid context length argument"),
        ("-Z two", "grep: invalid option -- 'Z'"),
        ("--nope two", "grep: unrecognized option '--nope'"),
        ("one two", "grep: two: No such file or directory"),
    ],
)
def test_grep_refuses_what_it_does_not_know(line, said):
    with pytest.raises(CommandError) as refused:
        filters.apply(["grep", *line.split()], TEXT)

    assert refused.value.text.splitlines()[0] == said
    assert refused.value.exit_code == 2
