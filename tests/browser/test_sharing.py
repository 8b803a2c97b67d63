"""Others at the same lab, screens of other sizes, and what happens when the line breaks."""

import json
import time

import pytest
from playwright.sync_api import expect
from websockets.sync.client import connect

from tests.browser.conftest import Site, Visit, Visitor

SMALLEST_PX = 18
GOES_ON_S = 10
"""What tests/clusterlab/test_house.py holds to five seconds at the socket, seen through a page beside tests."""


def links(learner: Visitor) -> list[str]:
    """Return the addresses that the share menu offers: read only, joint control."""
    learner.page.locator("#share summary").click()
    fields = learner.page.locator("#share input")
    return [fields.nth(number).input_value() for number in range(fields.count())]


def test_a_read_only_link_shows_and_changes_nothing(visit: Visit) -> None:
    teacher = visit().open_lab()
    first, second = links(teacher)
    viewers, joint = (first, second) if "Looking" in _role(visit, first) else (second, first)
    viewer = visit()
    viewer.page.goto(viewers)
    viewer.arrived()

    for button in viewer.page.locator("button[data-do]").all():
        assert button.is_disabled()
    address = viewer.page.locator("body").get_attribute("data-ws")
    origin = viewer.site.url
    with connect(f"ws://127.0.0.1:{viewer.site.port}{address}", origin=origin) as socket:  # type: ignore[arg-type]
        socket.send(json.dumps({"do": "power-off", "node": "worker-1", "id": "forged"}))
        deadline = time.monotonic() + 10
        told: dict = {}
        while told.get("id") != "forged" and time.monotonic() < deadline:
            raw = socket.recv(timeout=10)
            told = json.loads(raw) if isinstance(raw, str) else {}
    assert (told["t"], told["reason"]["key"]) == ("refused", "only-looking")

    partner = visit()
    partner.page.goto(joint)
    partner.arrived().machine("worker-1", "power-off")
    expect(viewer.page.locator("#lesson .clocks")).to_be_visible()
    expect(teacher.page.locator("#lesson .clocks")).to_be_visible()


def _role(visit: Visit, link: str) -> str:
    guest = visit()
    guest.page.goto(link)
    return str(guest.arrived().page.locator(".pill.role").inner_text())


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_lab_that_does_not_exist_says_so_and_offers_a_new_one(visit: Visit, lang: str) -> None:
    stranger = visit(lang)
    answer = stranger.page.goto(f"{stranger.site.url}/lab/nothing-here?k=nothing")
    stranger.problems.clear()

    assert answer is not None and answer.status == 404
    said = {"ko": "실험실이 없습니다", "en": "There is no lab here"}[lang]
    expect(stranger.page.locator("h1")).to_contain_text(said)
    stranger.page.locator("form button.open").click()
    stranger.page.wait_for_url("**/lab/**", wait_until="commit")
    stranger.arrived()


def test_a_lost_connection_says_so_and_heals_itself(visit: Visit, site: Site) -> None:
    learner = visit().open_lab()
    page = learner.page
    learner.machine("worker-3", "power-off")
    expect(page.locator("#lesson .clocks")).to_be_visible()

    site.kill("daphne")

    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("#banner")).to_be_hidden(timeout=20_000)
    before = learner.lab_time()
    page.wait_for_timeout(1500)
    assert learner.lab_time() > before
    expect(page.locator("#lesson .clocks")).to_be_visible()


def test_what_is_clicked_while_valkey_is_away_takes_effect_when_it_is_back(
    visit: Visit, site: Site
) -> None:
    learner = visit().open_lab()
    line = learner.page.locator("#inspector .machines .line").filter(has_text="worker-3")

    site.kill("valkey")
    learner.machine("worker-3", "power-off")

    expect(line.locator(".state")).to_have_text("off", timeout=25_000)


@pytest.mark.parametrize("part", ["host", "valkey"])
def test_the_lab_goes_on_when_a_part_is_killed(visit: Visit, site: Site, part: str) -> None:
    learner = visit().open_lab()
    learner.machine("worker-3", "power-off")
    expect(learner.page.locator("#lesson .clocks")).to_be_visible()
    before = learner.lab_time()

    if part == "host":
        site.kill_host_of(learner.page.url)
    else:
        site.kill(part)
    began = time.monotonic()
    page = learner.page
    page.wait_for_timeout(500)
    paused = learner.lab_time()
    while learner.lab_time() <= max(before, paused):
        assert time.monotonic() - began < GOES_ON_S, "the lab did not go on"
        page.wait_for_timeout(100)

    line = page.locator("#inspector .machines .line").filter(has_text="worker-3")
    expect(line.locator(".state")).to_have_text("off")
    learner.machine("worker-3", "power-on")
    expect(line.locator(".state")).not_to_have_text("off", timeout=20_000)


def test_a_tab_that_was_frozen_comes_back_to_the_present(visit: Visit) -> None:
    learner = visit().open_lab()
    other = visit()
    other.page.goto(links(learner)[0])
    other.arrived()
    tool = learner.page.context.new_cdp_session(learner.page)

    tool.send("Page.setWebLifecycleState", {"state": "frozen"})
    other.page.wait_for_timeout(4000)
    tool.send("Page.setWebLifecycleState", {"state": "active"})

    learner.page.wait_for_timeout(1500)
    assert abs(learner.lab_time() - other.lab_time()) <= 3


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_last_row_can_read_the_projector(visit: Visit, lang: str) -> None:
    teacher = visit(lang, 1920, 1080, "light").open_lab()
    teacher.machine("worker-3", "power-off")
    page = teacher.page
    page.goto(page.url + "&view=stage")
    teacher.arrived()
    expect(page.locator("#stage-side .clocks")).to_be_visible()

    assert page.evaluate(SMALL_TEXTS) == []
    for width, height in ((1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        expect(page.locator("#stage-hint")).to_be_in_viewport(ratio=1)
        assert page.evaluate(OVERLAPS) == []
    said = page.locator("#stage-sentence")
    for _ in range(2):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(700)
    expect(said).to_contain_text("worker-3")
    expect(said).to_contain_text("NotReady")
    page.keyboard.press("PageUp")
    expect(page.locator("#stage-past")).to_be_visible()
    assert page.evaluate(SMALL_TEXTS) == []
    page.keyboard.press("b")
    expect(page.locator("#stage-blank")).to_be_visible()
    page.keyboard.press("PageDown")
    expect(page.locator("#stage-blank")).to_be_hidden()
    expect(page.locator("#stage-past")).to_be_visible()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_many_machines_that_are_off_take_one_line_of_the_projector(visit: Visit, lang: str) -> None:
    teacher = visit(lang, 1920, 1080).open_lab()
    page = teacher.page
    for name in ("cp-2", "cp-3", "worker-1", "worker-2", "worker-3"):
        teacher.machine(name, "power-off")
        line = page.locator("#inspector .machines .line").filter(has_text=name)
        expect(line.locator(".state.bad")).to_be_visible()
    page.goto(page.url + "&view=stage")
    teacher.arrived()

    expect(page.locator("#stage-side .others")).to_contain_text("4")
    expect(page.locator("#stage-sentence")).to_contain_text("3")
    assert page.evaluate(SMALL_TEXTS) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_timeout(500)
    chart = page.locator("#stage-side .plot").bounding_box()
    assert chart and chart["height"] >= 90 and chart["y"] + chart["height"] <= 900


def test_a_presenter_who_presses_on_when_nothing_is_due_stays_where_they_are(visit: Visit) -> None:
    teacher = visit().open_lab()
    page = teacher.page
    page.goto(page.url + "&view=stage")
    teacher.arrived()
    before = teacher.lab_time()

    page.keyboard.press("PageDown")

    expect(page.locator("#notice")).to_contain_text("Nothing is due")
    assert teacher.lab_time() - before < 60


OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll("#stage-hint, #stage-side > *, #stage-side .keys, #stage-side .plot, #stage-sentence")]
    .map((node) => [node, node.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
    .filter(([other, b]) => !one.contains(other) && !other.contains(one)
      && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
    .map(([other]) => `${one.className || one.id} over ${other.className || other.id}`));
}"""
SMALL_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest("script, style, header, .unseen, [hidden]")) continue;
    const box = parent.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    let px = parseFloat(getComputedStyle(parent).fontSize);
    const matrix = parent instanceof SVGElement && parent.getScreenCTM?.();
    if (matrix) px *= matrix.d;
    if (px < 17.9) found.push(`${node.data.trim().slice(0, 30)}: ${px.toFixed(1)}`);
  }
  return found;
}"""

CUT_OFF = """() => [...document.querySelectorAll("button, h1, h2, dt, dd b, .pill, label")]
  .filter((node) => node.offsetParent && !node.closest(".unseen") && node.scrollWidth > node.clientWidth + 1
    && getComputedStyle(node).display !== "inline" && !node.querySelector("code"))
  .map((node) => node.textContent.trim().slice(0, 40))"""


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1440, 900, "light"), (1920, 1080, "dark"), (390, 844, "dark")]
)
def test_nothing_is_cut_off(visit: Visit, lang: str, width: int, height: int, scheme: str) -> None:
    learner = visit(lang, width, height, scheme).open_lab()
    page = learner.page

    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    learner.machine("worker-2", "power-off")
    expect(page.locator("#lesson .clocks")).to_be_visible()
    assert page.evaluate(CUT_OFF) == []
    learner.choose("Node", "worker-1")
    expect(page.locator("#inspector header")).to_contain_text("worker-1")
    assert page.evaluate(CUT_OFF) == []
