"""The answers of the real system, case by case.

`pytest tests/conformance --cases DIR` runs another set of the same form. A kind without an adapter
is counted and said, never silently passed.
"""

from typing import Any

import pytest

from tests.conformance.loading import Case


def agrees(answer: Any, expected: Any, path: str = "") -> list[str]:
    """Return where an answer differs from what is expected; only expected keys are judged."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        found: list[str] = []
        for key, value in expected.items():
            if key not in answer:
                found.append(f"{path}.{key} is missing")
            else:
                found += agrees(answer[key], value, f"{path}.{key}")
        return found
    if path.endswith((".reasons", ".insufficient")) and isinstance(expected, list):
        answer, expected = sorted(answer, key=str), sorted(expected, key=str)
    if isinstance(expected, list) and isinstance(answer, list) and len(answer) == len(expected):
        pairs = zip(answer, expected, strict=True)
        return [
            difference
            for number, (got, wanted) in enumerate(pairs)
            for difference in agrees(got, wanted, f"{path}[{number}]")
        ]
    return [] if answer == expected else [f"{path}: {answer!r} instead of {expected!r}"]


def test_the_simulation_answers_as_the_real_system(case: Case) -> None:
    if case.adapter is None:
        pytest.skip(f"no adapter yet for {case.area} {case.kind}")

    answer = case.adapter(case.given)

    assert agrees(answer, case.expect) == [], f"{case.id} ({case.source})"
