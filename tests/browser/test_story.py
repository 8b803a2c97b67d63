"""The story of a worker that dies, as a learner lives it, in both languages."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

GRACE_S = 50


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_worker_dies_and_the_page_tells_all_of_it(visit: Visit, lang: str) -> None:
    learner = visit(lang, moving=True).open_lab()
    page = learner.page
    card = page.locator("#lesson .card.first")
    button = card.locator("button[data-do=power-off]")
    name = re.search(r"worker-\d", button.inner_text())[0]  # type: ignore[index]
    assert learner.failing() == 0

    began, at = time.monotonic(), learner.lab_time()
    button.click()

    # Users notice first, and at once.
    expect(page.locator("#lesson .clocks")).to_be_visible()
    expect(card.locator(".noticed li.known")).to_have_count(1)
    worker = page.locator(f'#scene [data-kind=Node][data-key="{name}"]')
    expect(worker).not_to_contain_text("NotReady")
    share = page.locator("#charts figure").first.locator("figcaption small")
    expect(share).not_to_contain_text("0.0%")

    # The control plane believes it only after the grace period and its next look.
    expect(worker).to_contain_text("NotReady", timeout=60_000)
    assert GRACE_S - 12 <= learner.lab_time() - at <= GRACE_S + 40
    noticed = card.locator(".noticed li").nth(1).locator("b").inner_text()
    assert 40 <= int(re.search(r"\d+", noticed)[0]) <= GRACE_S + 15  # type: ignore[index]

    # Evicted after the toleration, replaced elsewhere, calm.
    expect(page.locator("#lesson .clocks.calm")).to_be_visible(timeout=90_000)
    learners_time = time.monotonic() - began
    assert 25 <= learners_time <= 40, f"from the kill to calm: {learners_time:.1f} s"
    assert learner.lab_time() - at > GRACE_S + 300
    expect(share).to_contain_text(re.compile(r"\b0\.0%"))
    learner.type("kubectl get pods -o wide")
    learner.until_terminal(rf"Terminating.*{name}")
    running = re.findall(r"1/1\s+Running.*(worker-\d)", learner.terminal())
    # Eleven of the shop; the bare pod never comes back.
    assert len([each for each in running if each != name]) == 11

    # The ending explains itself, before and after the node's return.
    ending = page.locator("#lesson .ending")
    expect(ending.locator("details")).to_have_count(2)
    learner.hurry()
    ending.locator("button").click()
    empty = {"ko": "비어", "en": "stay empty"}[lang]
    expect(ending.locator("details").filter(has_text=empty)).to_be_visible(timeout=30_000)


def test_why_walks_up_to_the_first_cause(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    learner.machine("worker-3", "power-off")
    page = learner.page
    group = page.locator("#lesson .story .many").filter(has_text="assigned to").last
    expect(group).to_be_visible(timeout=40_000)
    group.locator("summary").click()
    row = group.locator("li").filter(has_text="was assigned to").first

    row.locator("button.why").click()

    chain = row.locator(".chain li")
    expect(chain.last).to_contain_text("worker-3 was switched off")
    assert chain.count() >= 2


def test_a_viewer_looks_back_while_the_lab_goes_on(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    learner.machine("worker-3", "power-off")
    page = learner.page
    worker = page.locator('#scene [data-kind=Node][data-key="worker-3"]')
    expect(worker).to_contain_text("NotReady", timeout=40_000)
    live = learner.lab_time()

    page.locator("#timeline svg").focus()
    page.keyboard.press("Home")

    expect(page.locator(".looking.on")).to_be_visible()
    expect(page.locator("#labclock")).to_have_text("00:00:00")
    expect(worker).not_to_contain_text("NotReady")
    expect(page.locator("#inspector .machines button[data-do=power-off]").first).to_be_disabled()
    page.locator(".looking .primary").click()
    expect(worker).to_contain_text("NotReady")
    assert learner.lab_time() >= live
