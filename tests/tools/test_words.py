"""The Korean catalogue: lines do not end beside a bracket inside a word."""

import pytest

from tools.words import unbroken


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("리스(Lease)는 짧습니다", "리스\u2060(Lease)\u2060는 짧습니다"),
        ("정족수(quorum) 2", "정족수\u2060(quorum) 2"),
        ("(v1.32 이전에는 40초)", "(v1.32 이전에는 40초)"),
    ],
)
def test_a_word_and_the_term_in_brackets_behind_it_stay_together(text: str, kept: str) -> None:
    assert unbroken(text) == kept
