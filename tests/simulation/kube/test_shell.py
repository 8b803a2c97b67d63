"""What a shell command does, read off its text."""

import pytest

from simulation.kube.shell import File, Said, read


@pytest.mark.parametrize(
    ("script", "says", "tells_all"),
    [
        ("echo hello", [Said(0, "hello")], True),
        (
            "echo 'one $x'; sleep 5; echo two && exit 3",
            [Said(0, "one $x"), Said(5_000, "two")],
            True,
        ),
        ("echo -n done; exit 0; echo never", [Said(0, "done")], True),
        ("sleep 10", [], True),
        ("echo secret > /tmp/file 2>&1", [], True),
        (
            "echo on; while true; do echo tick; sleep 2; done",
            [Said(0, "on"), Said(0, "tick", 2_000)],
            True,
        ),
        ("while true; do date; sleep 1; done", [], False),
        ('echo "Hello $NAME"', [], False),
        ("echo begins; ./serve", [Said(0, "begins")], False),
        ("wget -q shop.local || echo failed", [Said(0, "failed")], False),
    ],
)
def test_a_script_prints_what_it_echoes(script: str, says: list[Said], tells_all: bool):
    found = read(script)

    assert (list(found.says), found.tells_all) == (says, tells_all)


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("sleep 1", []),
        ("touch /tmp/healthy; sleep 30; rm -f /tmp/healthy", [File("/tmp/healthy", 0, 30_000)]),
        ("sleep 2; echo ready > /tmp/ready; sleep 1m", [File("/tmp/ready", 2_000)]),
        ("while true; do touch /tmp/beat; sleep 5; done", [File("/tmp/beat", 0)]),
    ],
)
def test_a_script_makes_and_removes_files(script: str, files: list[File]):
    assert list(read(script).files) == files
