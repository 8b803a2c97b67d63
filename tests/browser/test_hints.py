"""What the page says of its words and of a press: on hover, under a finger, by key, without a line."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visit


def with_the_glossary(page: Page) -> None:
    """Wait until sentences have their terms marked: the first picture comes before that."""
    expect(page.locator("#lesson .term").first).to_be_visible()


def test_without_a_connection_nothing_moves_and_a_press_says_that_it_waits(
    visit: Visit, site: Site
) -> None:
    learner = visit().open_lab()
    page = learner.page
    learner.choose("Node", "worker-2")
    press = page.locator("#inspector button[data-do=power-off]")
    before = press.bounding_box()
    site.kill("daphne")
    banner = page.locator("#banner")
    expect(banner).to_be_visible()

    assert press.bounding_box() == before
    press.click()

    expect(banner).to_contain_text("1 command is sent when it is back")
    expect(press).to_contain_text("waits for the connection")
    expect(banner).to_be_hidden(timeout=30_000)
    expect(page.locator("#inspector button[data-do=power-on]")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize(("lang", "word"), [("en", "pod"), ("ko", "파드")])
def test_terms_in_sentences_are_marked_and_explained(visit: Visit, lang: str, word: str) -> None:
    page = visit(lang).open_lab().page
    page.locator(".first button[data-do=power-off]").click()
    with_the_glossary(page)

    page.locator("#lesson .term", has_text=word).first.hover()

    expect(page.locator("#tip b")).to_have_text(word, ignore_case=True)
    assert page.locator("#lesson .term[tabindex]").count() == 0


def test_a_tap_explains_and_the_next_one_elsewhere_puts_it_away(visit: Visit) -> None:
    page = visit(width=390, height=844, has_touch=True, is_mobile=True).open_lab().page
    tip = page.locator("#tip")

    page.locator("#scene [data-term=phase-ghost]").tap()
    expect(tip).to_contain_text("Ghost")
    page.locator(".kick").tap()
    expect(tip).to_be_hidden()
    page.locator("#controls .play").tap()

    page.wait_for_timeout(800)
    expect(tip).to_be_hidden()


def test_a_long_press_explains_a_button_and_does_not_press_it(visit: Visit) -> None:
    page = visit(width=390, height=844, has_touch=True, is_mobile=True).open_lab().page
    button = page.get_by_role("button", name="Auto", exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    tool = page.context.new_cdp_session(page)
    at = [{"x": box["x"] + 10, "y": box["y"] + 10}]

    tool.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at})
    page.wait_for_timeout(900)
    tool.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    expect(page.locator("#tip b")).to_have_text("Auto")


def test_what_comes_under_a_resting_pointer_is_not_explained(visit: Visit) -> None:
    page = visit().open_lab().page
    button = page.locator(".first button[data-do=power-off]")
    box = button.bounding_box()
    assert box
    page.mouse.move(box["x"] + 80, box["y"] + 20)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#lesson .clocks")).to_be_visible()

    page.wait_for_timeout(1200)
    assert page.locator("#tip").is_hidden()
    page.locator("#lesson .clock dt").first.hover()

    expect(page.locator("#tip")).to_be_visible()


def test_the_keyboard_goes_on_where_a_button_was(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    place = "document.activeElement.getAttribute('aria-label')"
    learner.hurry()
    page.locator(".first button[data-do=power-off]").click()
    back = page.locator(".ending > .act")
    expect(back).to_have_text(re.compile("Switch worker-3 on again"), timeout=60_000)
    back.focus()

    page.keyboard.press("Enter")

    expect(back).to_have_count(0, timeout=20_000)
    learner.until(lambda: page.evaluate(place) == "Three clocks", lambda: page.evaluate(place))
    page.locator(".first > .close").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".first")).to_have_count(0)
    learner.until(lambda: page.evaluate(place) == "What happens", lambda: page.evaluate(place))


def test_a_button_that_rests_keeps_the_focus(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    learner.machine("worker-2", "power-off")
    switch = page.locator("#inspector .machines .line", has_text="worker-2").locator(".act")
    expect(switch).to_have_attribute("data-do", "power-on")
    switch.focus()

    page.keyboard.press("Enter")

    expect(switch).to_have_attribute("aria-disabled", "true")
    expect(switch).to_be_focused()
