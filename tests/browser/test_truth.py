"""Whoever reloads, joins late or looks back is told the same as who was there all the time."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visit, Visitor

SLOW_IN_TIMELINE = """() => {
  const drawn = document.querySelector("#timeline path[fill='var(--warn)']");
  return drawn ? drawn.getBBox().height : 0;
}"""
INKED = """() => {
  const canvas = document.querySelector("#charts canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 60) colours.add(`${data[i] >> 5} ${data[i + 1] >> 5} ${data[i + 2] >> 5}`);
  return colours.size;
}"""


def kill(learner: Visitor, prediction: int | None = None) -> str:
    """Switch off the worker of the first minute, predicting something, and return its name."""
    card = learner.page.locator("#lesson .card.first")
    button = card.locator("button[data-do=power-off]")
    name = re.search(r"worker-\d", button.inner_text())[0]  # type: ignore[index]
    if prediction is not None:
        card.locator(".options .opt").nth(prediction).click()
    button.click()
    expect(learner.page.locator("#lesson .clocks")).to_be_visible()
    return name


def noticed(page: Page) -> list[str]:
    """Return what the card says of who noticed, and when."""
    lines = page.locator("#lesson .noticed li.known")
    return [lines.nth(number).locator("b").inner_text() for number in range(lines.count())]


def sees_the_fault(page: Page) -> None:
    """Wait until the ground of the timeline shows slow requests, and the chart more than a line."""
    for _ in range(100):
        if page.evaluate(SLOW_IN_TIMELINE) > 1 and page.evaluate(INKED) > 3:
            return
        page.wait_for_timeout(100)
    raise AssertionError("no slow requests are drawn")


def test_a_reload_and_a_late_viewer_change_nothing_of_the_story(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    name = kill(learner, prediction=1)
    expect(page.locator(".verdict")).to_contain_text("it was the users")
    learner.hurry()
    worker = page.locator(f'#scene [data-kind=Node][data-key="{name}"]')
    expect(worker).to_contain_text("NotReady", timeout=40_000)
    expect(page.locator("#lesson .noticed li.known").nth(1)).to_be_visible()
    before = noticed(page)[:2]
    assert before[0] == "at once"
    # At this speed the fault would leave the timeline's window on a slow machine.
    page.locator("#controls .play").click()

    page.reload()
    learner.arrived()
    late = visit()
    late.page.goto(page.url)
    late.arrived()

    for each in (learner, late):
        expect(each.page.locator("#lesson .noticed li.known").nth(1)).to_be_visible()
        assert noticed(each.page)[:2] == before
        sees_the_fault(each.page)
        # On a long timeline marks that are close are thinned out, but never all of them.
        expect(each.page.locator("#timeline svg path[d^='M0 -5.2']").first).to_be_attached()
        expect(each.page.locator(".norecord")).to_have_count(0)
    expect(page.locator(".noticed em")).to_be_visible()
    expect(late.page.locator(".noticed em")).to_have_count(0)


def test_who_came_late_looks_back_and_sees_charts(visit: Visit) -> None:
    learner = visit().open_lab()
    kill(learner)
    learner.hurry()
    expect(learner.page.locator("#lesson .clocks")).to_contain_text("NotReady", timeout=40_000)
    late = visit()
    page = late.page
    page.goto(learner.page.url)
    late.arrived()
    sees_the_fault(page)

    page.locator("#timeline svg").focus()
    page.keyboard.press("PageUp")

    expect(page.locator(".looking.on")).to_be_visible()
    sees_the_fault(page)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_after_a_takeover_the_page_says_from_when_on_there_is_a_record(
    visit: Visit, site: Site, lang: str
) -> None:
    learner = visit(lang).open_lab()
    page = learner.page
    learner.hurry()
    page.wait_for_timeout(2000)
    before = learner.lab_time()

    site.kill_host_of(page.url)
    deadline = 30
    while learner.lab_time() <= before + 120 and deadline:
        page.wait_for_timeout(500)
        deadline -= 1
    page.reload()
    learner.arrived()

    said = {"ko": "기록 없음", "en": "no record before 00:"}[lang]
    expect(page.locator(".norecord")).to_contain_text(said)


def test_one_deadline_for_the_wait(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    kill(learner)
    page.locator("#controls .play").click()
    page.wait_for_timeout(1000)

    left = r"(\d+)\ss"
    card = re.search(rf"after that, in {left}", page.locator("#lesson .clocks").inner_text())
    pace = re.search(rf"{left} left", page.locator("#pace").inner_text())
    assert card is not None
    assert pace is not None
    assert card[1] == pace[1]


def test_the_card_is_about_one_fault_and_names_it(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    card = page.locator("#lesson .clocks")
    learner.machine("worker-3", "power-off")
    expect(card.locator("h2")).to_contain_text("worker-3")
    learner.machine("worker-1", "power-off")

    expect(card.locator("h2")).to_contain_text("worker-1")
    expect(card).to_contain_text("worker-3 is still off")
    expect(page.locator("#lesson button[data-do=power-off]")).to_have_count(0)


def test_a_healed_cut_is_connected_again_and_calm(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    card = page.locator("#lesson .clocks")
    learner.choose("Node", "worker-2")
    page.locator("#inspector button[data-do=cut]").first.click()
    expect(card).to_contain_text("cut off for")

    page.locator("#inspector button[data-do=heal]").first.click()

    expect(card).to_contain_text("connected again for")
    expect(page.locator("#lesson .clocks.calm")).to_be_visible()


def test_without_a_quorum_the_page_says_that_waiting_does_not_help(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    learner.machine("cp-1", "power-off")
    learner.machine("cp-2", "power-off")
    expect(page.locator("#pace")).to_contain_text("2 of 3 control plane nodes are off")
    worker = page.locator("#scene").get_by_text("not heard").first
    expect(worker).to_be_visible()

    web = page.locator("#inspector .line").filter(has_text="web").first
    web.locator("button[data-do=scale]").last.click()

    expect(web.locator(".refusal")).to_contain_text("the control plane has no quorum")
    expect(web.locator(".refusal")).to_contain_text("timed out", timeout=30_000)
    ending = page.locator("#lesson .ending")
    expect(ending).to_contain_text("Running needs no vote")
    page.locator("#lesson .ways").get_by_role("button", name="Switch them on again").click()
    expect(page.locator("#scene")).to_contain_text("3/3 members up", timeout=60_000)
    expect(ending).to_contain_text("Was anything lost while cp-2 was away?", timeout=60_000)


def test_like_lines_are_one_line_and_calm_suggests_what_else_to_try(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    kill(learner)
    expect(page.locator("#lesson .experiments")).to_have_count(0)
    learner.hurry()
    expect(page.locator("#lesson .clocks.calm")).to_be_visible(timeout=60_000)

    group = page.locator("#lesson .story .many").filter(has_text="are marked not ready")
    expect(group).to_have_count(1)
    expect(page.locator("#lesson .story")).not_to_contain_text("kindnet")
    group.locator("summary").click()
    expect(group.locator("li").first).to_be_visible()
    expect(page.locator("#lesson .ending details")).not_to_have_count(0)
    expect(page.locator("#lesson .ending details[open]")).to_have_count(0)

    cards = page.locator("#lesson .experiments .try")
    expect(cards).to_have_count(6)
    places = [card.bounding_box() for card in cards.all()]
    cards.nth(2).click()
    expect(page.locator("#lesson .experiments .act")).to_contain_text("kubectl set image")
    assert [card.bounding_box() for card in cards.all()] == places
    page.locator("#lesson .experiments .close").click()
    expect(cards).to_have_count(0)
    page.locator("#lesson .experiments-again").click()
    expect(cards).to_have_count(6)


SILENCE = r"""() => {
  const said = [document.querySelector("[data-term=belief-clock] dd span"), document.querySelector("#scene")]
    .map((place) => place?.textContent.match(/(?<=silent for )\d+|(\d+)초째 소식/i)?.[0] ?? "");
  const lines = (each) => each.getClientRects().length;
  const names = [...document.querySelectorAll("#lesson .story span.name")];
  return { said, names: names.length, broken: names.filter((each) => lines(each) > 1).length };
}"""


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_clock_and_the_picture_tell_one_silence_and_names_do_not_break(
    visit: Visit, lang: str
) -> None:
    learner = visit(lang).open_lab()
    page = learner.page
    kill(learner)

    learner.until(lambda: all(page.evaluate(SILENCE)["said"]), lambda: page.evaluate(SILENCE))

    seen = page.evaluate(SILENCE)
    assert seen["said"][0] == seen["said"][1]
    assert seen["names"] and not seen["broken"]
    mark = page.locator("#timeline g[data-term=mark-bad]").first
    expect(mark).to_have_attribute("data-more", re.compile(r"^00:00:\d\d .*worker-3"))
