"""The page of bounds says what the code holds, and no bound is there for show."""

from tools import limits


def test_the_page_of_bounds_is_the_one_that_the_code_would_write() -> None:
    assert limits.PAGE.read_text() == limits.written(limits.pages())


def test_every_bound_has_a_reason_and_somebody_who_refers_to_it() -> None:
    assert limits.complaints(limits.pages()) == []


def test_a_bound_without_a_text_of_its_own_shares_the_next_one_s() -> None:
    found = limits.limits_of('A_MAX = 2_000\nB_MAX = 0.5\n"""Because."""\n')

    assert [(each.name, each.value, each.reason) for each in found] == [
        ("A_MAX", "2,000", "Because."),
        ("B_MAX", "0.5", "Because."),
    ]


def test_a_bound_stands_in_its_ring_s_limits_and_the_list_of_strays_only_shrinks() -> None:
    assert limits.astray(limits.strays(), limits.STRAYS) == []


def test_a_new_stray_and_one_that_went_home_are_both_told() -> None:
    told = limits.astray({"a.py": "A_MAX B_KEPT"}, {"a.py": "A_MAX", "b.py": "C_MAX"})

    assert told == [
        "a.py: B_KEPT belongs into a limits.py",
        "tools/limits.py: C_MAX of b.py is no stray any more; take it off the list",
    ]
