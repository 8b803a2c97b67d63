"""The browser's packages are built when they changed, and a failure says which step it was."""

import json
import sys
from pathlib import Path

import pytest

from tools import vendor

LOCK = json.loads((vendor.ROOT / "package-lock.json").read_text())


def test_nothing_is_fetched_when_the_lock_and_the_sources_are_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = tmp_path / ".stamp"
    monkeypatch.setattr(vendor, "STAMP", stamp)
    assert not vendor.is_built()

    stamp.write_text(vendor.digest())

    assert vendor.is_built()


def test_a_changed_lock_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in vendor.SOURCES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((vendor.ROOT / name).read_bytes())
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    before = vendor.digest()

    (tmp_path / "package-lock.json").write_text("{}")

    assert vendor.digest() != before


def test_a_step_that_fails_is_named_with_what_it_said() -> None:
    argv = [sys.executable, "-c", "print('no route to the packages'); raise SystemExit(3)"]

    with pytest.raises(vendor.CannotBuild) as told:
        vendor.run("fetching the browser's packages with npm", argv, "/usr/bin")

    assert "fetching the browser's packages with npm failed" in str(told.value)
    assert "no route to the packages" in str(told.value)


def test_a_node_that_is_too_old_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v12.22.1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    assert vendor.find_node() is None


def test_the_lock_names_no_registry_and_every_package_is_pinned() -> None:
    wanted = json.loads((vendor.ROOT / "package.json").read_text())

    assert not [name for name, each in LOCK["packages"].items() if "resolved" in each]
    pins = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert all(version[0].isdigit() for version in pins.values()), pins


def test_the_page_of_licences_names_every_package_that_is_bundled() -> None:
    page = (vendor.ROOT / "docs" / "licences.md").read_text()
    bundled = {
        name.removeprefix("node_modules/"): each
        for name, each in LOCK["packages"].items()
        if name and not each.get("dev")
    }

    rows = [f"| {name} | {each['version']} | {each['license']} |" for name, each in bundled.items()]
    assert [row for row in rows if row not in page] == []
    assert "GPL" not in page
