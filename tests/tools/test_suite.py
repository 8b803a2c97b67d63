"""The parts of the suite are the whole of it, and none can fail unseen."""

from pathlib import Path

import pytest

from tools import suite


def test_the_parts_are_the_whole():
    assert all((suite.ROOT / path).is_file() for path in suite.LONG)
    assert (suite.BROWSER, *(f"--ignore={path}" for path in suite.LONG)) == suite.OTHERS
    assert ("tests", f"--ignore={suite.BROWSER}") == suite.REST
    assert (suite.ROOT / suite.BROWSER).is_dir()


@pytest.mark.parametrize(
    "parts",
    [("fails", "passes", "passes"), ("passes", "fails", "passes"), ("passes", "passes", "fails")],
)
def test_a_part_that_fails_fails_the_whole(tmp_path: Path, capfd, parts: tuple[str, ...]) -> None:
    for name, claim in (("passes", "True"), ("fails", "False")):
        text = f"def test_{name}():\n    assert {claim}\n"
        (tmp_path / f"test_{name}.py").write_text(text, encoding="utf-8")
    alone = ("-p", "no:django", "-c", "/dev/null", "--rootdir", str(tmp_path))

    status = suite.run(*((str(tmp_path / f"test_{part}.py"), *alone) for part in parts))

    told = capfd.readouterr().out
    assert status == 1
    assert told.count("1 failed") == 1 and told.count("1 passed") == 2
