"""The two halves of the suite are the whole of it, and neither can fail unseen."""

from pathlib import Path

import pytest

from tools import suite


def test_the_halves_are_the_whole():
    (browser,) = suite.BROWSER

    assert ("tests", f"--ignore={browser}") == suite.REST
    assert (suite.ROOT / browser).is_dir()


@pytest.mark.parametrize(("aside", "shown"), [("fails", "passes"), ("passes", "fails")])
def test_a_half_that_fails_fails_the_whole(tmp_path: Path, capfd, aside: str, shown: str) -> None:
    for name, claim in (("passes", "True"), ("fails", "False")):
        text = f"def test_{name}():\n    assert {claim}\n"
        (tmp_path / f"test_{name}.py").write_text(text, encoding="utf-8")
    alone = ("-p", "no:django", "-c", "/dev/null", "--rootdir", str(tmp_path))

    status = suite.run(
        (str(tmp_path / f"test_{aside}.py"), *alone), (str(tmp_path / f"test_{shown}.py"), *alone)
    )

    told = capfd.readouterr().out
    assert status == 1
    assert "1 failed" in told and "1 passed" in told
