"""The catalogues: no line ends beside a bracket inside a word, and sentences can go on in others."""

import pytest

from simulation.kube.reasons import (
    CONTROL_PLANE,
    CONTROLLERS,
    KUBELETS,
    MACHINES,
    SCHEDULER,
    USERS,
)
from tools.words import unbroken

ORDINARY = {
    "A", "All", "It", "Messages", "No", "Nothing", "Requests", "Split", "The",
}  # fmt: skip


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


def test_no_sentence_of_the_story_begins_with_a_name_that_would_lose_its_capital() -> None:
    # The page goes on with it after "because", with a small letter (`within` of words.js).
    groups = (MACHINES, CONTROL_PLANE, SCHEDULER, KUBELETS, CONTROLLERS, USERS)
    first = {text.split()[0] for group in groups for text in group.values()}

    assert {word for word in first if word[0].isupper()} <= ORDINARY
