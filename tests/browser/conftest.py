"""A person at the page: the house as `make run` starts it, and a real browser."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from clusterlab.runtime.supervisor import die_with_parent
from tests.clusterlab.running import ROOT, free_port
from tools.machine import chromium

READY_S = 60
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip
expect.set_options(timeout=15_000)


class Site:
    """A running ClusterLab and its processes."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"http://127.0.0.1:{self.port}"
        environ = {k: v for k, v in os.environ.items() if k not in ("REDIS_URL", "DATABASE_URL")}
        environ |= {"PORT": str(self.port), "CLUSTERLAB_STATE": str(folder), "DEBUG": ""}
        self.log = folder / "log"
        folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environ,
            preexec_fn=die_with_parent,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + READY_S
        while "ClusterLab is running" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def pids(self, word: str) -> list[int]:
        """Return the children whose command holds a word: daphne, host@, valkey."""
        told = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return [int(line.split()[0]) for line in told.splitlines() if word in line]

    def kill(self, word: str) -> None:
        """Kill -9 a part; the supervisor starts it again."""
        pids = self.pids(word)
        assert pids, f"no process of {word}"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def kill_host_of(self, address: str) -> None:
        """Kill -9 the process that hosts the lab at an address of the page."""
        lab = re.search(r"/lab/([^?]+)", address)
        assert lab is not None
        with contextlib.closing(sqlite3.connect(self.folder / "clusterlab.sqlite3")) as base:
            (host,) = base.execute(
                "SELECT host FROM runtime_lab WHERE id = ?", (lab[1],)
            ).fetchone()
        os.kill(int(host.split("-")[-2]), signal.SIGKILL)

    def end(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product, started as a person starts it."""
    running = Site(tmp_path_factory.mktemp("house"))
    yield running
    running.end()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, if there is one."""
    binary = chromium()
    if binary is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield found
        found.close()


Visit = Callable[..., "Visitor"]


class Visitor:
    """Somebody at the page of a lab, with what they see and do."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site, self.page = site, page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"page: {error}"))
        page.on("console", self._console)

    def _console(self, message: object) -> None:
        kind, said = message.type, message.text  # type: ignore[attr-defined]
        if kind == "error" and "WebSocket" not in said and "net::ERR" not in said:
            self.problems.append(f"console: {said}")

    def open_lab(self) -> "Visitor":
        """Open the site and start a lab with one click."""
        self.page.goto(self.site.url)
        self.page.locator("main form button.open").click()
        self.page.wait_for_url("**/lab/**", wait_until="commit")
        return self.arrived()

    def arrived(self) -> "Visitor":
        """Wait until the picture is there."""
        expect(self.page.locator("body.lab:not(.loading)")).to_be_attached()
        expect(self.page.locator("#scene [data-kind=Node]").first).to_be_visible()
        return self

    def lab_time(self) -> int:
        """Return the seconds that the lab clock shows."""
        hours, minutes, seconds = self.page.locator("#labclock").inner_text().split(":")
        return int(hours) * 3600 + int(minutes) * 60 + int(seconds)

    def hurry(self) -> None:
        """Leave Auto and play as fast as the toolbar offers."""
        faster = self.page.locator(".speeds button").last
        for _ in range(12):
            if self.page.locator(".speed").inner_text().startswith("100"):
                return
            faster.click()
            self.page.wait_for_timeout(120)

    def type(self, line: str) -> None:
        """Type a line into the terminal."""
        self.page.locator("#terminal textarea").focus()
        self.page.keyboard.type(line)
        self.page.keyboard.press("Enter")

    def editor(self) -> Locator:
        """Open the editor's tab and return its lines."""
        self.page.locator("[data-tab=editor]").click()
        return self.page.locator("#editor .cm-content")

    def terminal(self) -> str:
        """Return all that the terminal has printed."""
        return self.page.get_by_role("log").inner_text()

    def prompt(self) -> str:
        """Return the last row of the terminal: the line that is being typed."""
        rows = self.page.locator("#terminal .xterm-accessibility-tree > *").all_inner_texts()
        return next((row.rstrip() for row in reversed(rows) if row.strip()), "")

    def until_prompt(self, line: str) -> None:
        """Wait until the line that is being typed is this one."""
        self.until(lambda: self.prompt() == f"$ {line}".rstrip(), lambda: self.prompt())

    def until(self, is_so: Callable[[], bool], told: Callable[[], object]) -> None:
        """Wait until something is so, or say what is."""
        deadline = time.monotonic() + 10
        while not is_so():
            assert time.monotonic() < deadline, told()
            self.page.wait_for_timeout(50)

    def until_terminal(self, pattern: str, seconds: float = 20) -> None:
        """Wait until the terminal has printed something."""
        log = self.page.get_by_role("log")
        expect(log).to_contain_text(re.compile(pattern), timeout=seconds * 1000)

    def choose(self, kind: str, key: str) -> None:
        """Choose a thing of the picture."""
        self.page.locator(f'#scene [data-kind="{kind}"][data-key="{key}"]').first.click()

    def machine(self, name: str, verb: str) -> None:
        """Press a machine's power button in the overview."""
        line = self.page.locator("#inspector .machines .line").filter(has_text=name)
        line.locator(f"button[data-do={verb}]").click()

    def failing(self) -> float:
        """Return the share of requests that fail, in per cent."""
        said = self.page.locator("#charts figure").first.locator("figcaption small").inner_text()
        found = re.search(r"\d+(\.\d+)?", said)
        assert found is not None, said
        return float(found[0])


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    """Bring people to the page; whatever they meet, the console stays free of errors.

    Most ask their system for less motion: without a graphics card an animated picture takes half a core,
    which the lab beside it needs.
    """
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def come(
        lang: str = "en",
        width: int = 1440,
        height: int = 900,
        scheme: str = "dark",
        moving: bool = False,
        **more: object,
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="no-preference" if moving else "reduce",
            locale={"ko": "ko-KR", "en": "en-US"}[lang],
            **more,  # type: ignore[arg-type]
        )
        contexts.append(context)
        visitors.append(Visitor(site, context.new_page()))
        return visitors[-1]

    yield come
    for context in contexts:
        context.close()
    assert [problem for each in visitors for problem in each.problems] == []
