"""How the page looks: in its own letters, whatever the machine has."""

import urllib.request
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


def fonts_of(page: Page, selector: str) -> set[tuple[str, bool]]:
    """Return the fonts that an element's letters are drawn with, and whether they came with the page."""
    tool = page.context.new_cdp_session(page)
    tool.send("DOM.enable")
    tool.send("CSS.enable")
    root = tool.send("DOM.getDocument")["root"]["nodeId"]
    node = tool.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    told = tool.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {(each["familyName"], each["isCustomFont"]) for each in told}


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_letters_of_both_languages_come_with_the_page(visit: Visit, lang: str) -> None:
    page = visit(lang).open_lab().page
    page.evaluate("document.fonts.ready")

    for selector, family in ((".card.first h1", "Pretendard"), ("#labclock", "JetBrains Mono")):
        expect(page.locator(selector)).to_be_visible()
        drawn = fonts_of(page, selector)
        assert drawn and all(own and name.startswith(family) for name, own in drawn), drawn


def test_a_font_is_fetched_once_and_hides_no_letter_meanwhile(visit: Visit) -> None:
    visitor = visit()
    visitor.page.goto(visitor.site.url)
    link = visitor.page.locator('link[href*="/vendor/fonts-"]').get_attribute("href")
    address = urljoin(visitor.site.url, str(link))
    with urllib.request.urlopen(address) as answer:
        rules = answer.read().decode()

    assert rules.count("font-display:swap") == rules.count("@font-face")
    one = rules.split("url(")[1].split(")")[0].strip("\"'")
    with urllib.request.urlopen(urljoin(address, one)) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


HAS_ACCENT = """() => {
  const token = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const wanted = [1, 3, 5].map((at) => parseInt(token.slice(at, at + 2), 16));
  const canvas = document.querySelector("#charts canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) if (wanted.every((each, j) => data[i + j] === each)) return true;
  return false;
}"""


def test_charts_have_the_theme_s_colours_a_name_and_their_place(visit: Visit) -> None:
    page = visit().open_lab().page
    chart = page.get_by_role("img", name="Requests per second")
    place = chart.bounding_box()
    page.wait_for_function(HAS_ACCENT)

    page.locator("#theme").click()

    page.wait_for_function(HAS_ACCENT)
    assert chart.bounding_box() == place
