"""The page is steady: nothing moves under the pointer, nothing leaves its frame, on any screen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, Visitor

NAV_PX = 56

BUTTONS = """() => Object.fromEntries(
  [...document.querySelectorAll("#inspector button[aria-label], #inspector .acts button")].map((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    const name = (button.getAttribute("aria-label") ?? button.textContent).replace("Power on", "Power off");
    return [name, [x, y, width, height].map(Math.round)];
  }))"""

OUT_OF_FRAME = """() => {
  const found = [];
  const edges = document.querySelector("#diagram").getBoundingClientRect();
  const inside = (inner, outer, room) => inner.left >= outer.left - room && inner.right <= outer.right + room
    && inner.top >= outer.top - room && inner.bottom <= outer.bottom + room;
  for (const text of document.querySelectorAll("#scene text")) {
    const box = text.getBoundingClientRect();
    if (!inside(box, edges, 2)) found.push(`outside the picture: ${text.textContent}`);
    const frames = [...text.parentElement.children].filter((each) => each.tagName === "rect");
    const area = (each) => each.width.baseVal.value * each.height.baseVal.value;
    const frame = frames.sort((a, b) => area(b) - area(a))[0];
    // A bar beside a word is no frame of it.
    if (!frame || frame.height.baseVal.value < 12) continue;
    const around = frame.getBoundingClientRect();
    if (box.left < around.left - 1 || box.right > around.right + 1) found.push(`out of its frame: ${text.textContent}`);
  }
  for (const card of document.querySelectorAll("#scene .worker, #scene .member")) {
    const boxes = [...card.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 3) found.push(`over each other: ${one}, ${other}`);
    }));
  }
  return found;
}"""

MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata: {name: a-rather-long-name}
spec:
  replicas: 9
  selector: {matchLabels: {app: long}}
  template:
    metadata: {labels: {app: long}}
    spec:
      containers: [{name: one, image: "nginx:1.27", resources: {requests: {cpu: 400m}}}]
"""


def test_a_refusal_a_cause_and_a_hint_move_no_button(visit: Visit) -> None:
    learner = visit(moving=True).open_lab()
    page = learner.page
    before = page.evaluate(BUTTONS)
    learner.machine("worker-1", "power-off")
    expect(page.locator("#charts .keys")).to_contain_text("failed: ")
    learner.machine("cp-1", "power-off")
    learner.machine("cp-2", "power-off")
    expect(page.locator("#inspector .standing")).to_contain_text("Why is nothing being scheduled?")

    page.locator("button[data-do=provoke-split-vote]").click()

    refusal = page.locator("#inspector .outcome .refusal")
    expect(refusal).to_contain_text("A split vote takes a majority")
    expect(page.locator("#tip")).to_be_hidden()
    box = refusal.bounding_box()
    assert box and box["y"] + box["height"] <= 900
    after = page.evaluate(BUTTONS)
    assert {name: box for name, box in after.items() if box != before[name]} == {}
    refusal.click()
    expect(refusal).to_have_count(0)


def test_a_double_click_hits_one_machine(visit: Visit) -> None:
    learner = visit(moving=True).open_lab()
    page = learner.page
    line = page.locator("#inspector .machines .line")

    line.filter(has_text="worker-1").locator("button[data-do]").dblclick()

    expect(line.filter(has_text="worker-1").locator(".state")).to_have_text("off")
    page.wait_for_timeout(1000)
    off = [each for each in line.locator(".state").all_inner_texts() if each != "on"]
    assert off == ["off"]


def test_looking_back_leaves_the_picture_its_size_and_shows_the_hand(visit: Visit) -> None:
    learner = visit(moving=True).open_lab()
    learner.hurry()
    page = learner.page
    learner.machine("worker-3", "power-off")
    page.wait_for_timeout(6000)
    picture = page.locator("#diagram")
    before = picture.bounding_box()

    page.locator("#timeline svg").focus()
    page.keyboard.press("Home")

    expect(page.locator(".looking.on")).to_be_visible()
    assert picture.bounding_box() == before
    strip = page.locator("#timeline svg").bounding_box()
    hand = page.locator("#timeline path[stroke-width='3']").bounding_box()
    assert strip and hand and strip["x"] <= hand["x"] + 2 <= strip["x"] + strip["width"]


def frames(visitor: Visitor) -> list[str]:
    """Return which words of the picture are not where they belong."""
    visitor.page.evaluate("document.fonts.ready")
    visitor.page.wait_for_timeout(600)
    found: list[str] = visitor.page.evaluate(OUT_OF_FRAME)
    return found


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_words_of_the_picture_stay_in_their_frames(visit: Visit, lang: str) -> None:
    learner = visit(lang, moving=True).open_lab()
    page = learner.page
    editor = learner.editor()
    expect(editor).to_have_accessible_name({"ko": "YAML 편집기", "en": "YAML editor"}[lang])
    editor.fill(MANIFEST)
    editor.press("Control+Enter")
    expect(page.locator("#editor .said")).to_contain_text("created", timeout=20_000)
    page.locator("[data-tab=terminal]").click()
    learner.type("kubectl cordon worker-2")
    learner.choose("Node", "worker-1")
    page.locator("#inspector button[data-do=cut]").first.click()
    page.locator("#inspector > section > .close").click()
    assert frames(learner) == []
    learner.machine("worker-4", "power-off")
    learner.hurry()
    worker = page.locator('#scene [data-kind=Node][data-key="worker-4"]')
    expect(worker).to_contain_text("NotReady", timeout=60_000)
    page.locator("#controls .play").click()

    assert frames(learner) == []
    for width, height in ((1920, 1080), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert frames(learner) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(page.url + "&view=stage")
    learner.arrived()
    assert frames(learner) == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_phone_asks_first_and_shows_every_worker(visit: Visit, lang: str) -> None:
    learner = visit(lang, 390, 844, has_touch=True, is_mobile=True).open_lab()
    page = learner.page

    for part in (".first h1", ".first .options", ".first button[data-do=power-off]"):
        box = page.locator(part).bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 844 - NAV_PX
    for number in range(1, 5):
        worker = page.locator(f'#scene [data-kind=Node][data-key="worker-{number}"]').bounding_box()
        assert worker and worker["x"] >= 0 and worker["x"] + worker["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".pill.role")).to_be_visible()
    expect(page.locator("#share summary")).to_be_visible()

    page.locator('.parts a[href="#inspector"]').click()
    expect(page.locator("#inspector .machines")).to_be_in_viewport()
    page.locator('.parts a[href="#picture"]').click()
    expect(page.locator("#diagram")).to_be_in_viewport()
    learner.choose("Node", "worker-4")
    expect(page.locator("#inspector header")).to_be_in_viewport()


def test_a_phone_shows_what_the_press_did_and_says_what_is_waited_for(visit: Visit) -> None:
    learner = visit("en", 390, 844, has_touch=True, is_mobile=True, moving=True).open_lab()
    page = learner.page
    expect(page.locator(".to-clocks")).to_be_hidden()
    button = page.locator(".first button[data-do=power-off]").bounding_box()
    assert button is not None
    here = button["x"] + button["width"] / 2, button["y"] + button["height"] / 2

    page.touchscreen.tap(*here)
    page.touchscreen.tap(*here)

    pace = page.locator("#pace")
    expect(pace).to_contain_text("waiting for a heartbeat")
    expect(pace).to_contain_text("00:00:")
    box = pace.bounding_box()
    assert box and box["y"] + box["height"] <= 844 - NAV_PX
    pause = pace.get_by_role("button", name="Pause")
    size = pause.bounding_box()
    assert size and min(size["width"], size["height"]) >= 40 and box["height"] <= 52
    pause.tap()
    expect(pace).to_contain_text("Paused")
    pace.get_by_role("button", name="Play").tap()
    expect(pace).not_to_contain_text("Paused")
    expect(page.locator("#inspector .machines")).to_be_attached()
    expect(page.locator('#scene [data-kind="Node"][data-key="worker-3"]')).to_be_in_viewport(
        ratio=1
    )
    strip = page.locator(".first.strip")
    expect(strip.locator(".known").first).to_be_in_viewport()
    expect(strip.locator("small").first).to_be_hidden()
    strip.locator(".unfold").tap()
    expect(strip.locator("small").first).to_be_visible()
    page.locator(".to-clocks").tap()
    expect(page.locator("#clocks")).to_be_in_viewport()


def test_the_ending_begins_with_what_can_be_done_and_leaves_the_story_in_sight(
    visit: Visit,
) -> None:
    learner = visit().open_lab()
    page = learner.page
    learner.hurry()
    page.locator(".first button[data-do=power-off]").click()
    clocks = page.locator("#lesson .clocks.calm")
    expect(clocks).to_be_visible(timeout=90_000)

    back = page.locator(".ending > :first-child")
    expect(back).to_contain_text("Switch worker-3 on again")
    box = back.bounding_box()
    assert box and box["y"] + box["height"] < 900
    expect(page.locator("#lesson .story h2")).to_be_in_viewport()
    expect(page.locator("#lesson")).to_have_class("lesson more")
    expect(clocks.locator("dl")).to_be_hidden()
    clocks.locator("summary").click()
    expect(clocks.locator("dl")).to_be_visible()


TERM_AT = """([x, y]) => document.elementFromPoint(x, y)?.closest("[data-term]")?.dataset.term"""


def test_what_is_pointed_at_in_the_picture_is_what_is_explained(visit: Visit) -> None:
    page = visit().open_lab().page

    def term_at(selector: str, across: float, down: float) -> object:
        box = page.locator(selector).first.bounding_box()
        assert box
        at = [box["x"] + box["width"] * across, box["y"] + box["height"] * down]
        return page.evaluate(TERM_AT, at)

    quorum = "#scene [data-term=quorum]"
    assert [term_at(quorum, share / 10, 0.5) for share in range(1, 10)] == ["quorum"] * 9
    assert term_at("#scene [data-kind=Service]", 0.5, 0.5) == "service"
    bars = '#scene [data-key="worker-1"] g[data-term=requested]'
    found = {term_at(bars, 0.5, share / 20) for share in range(5, 18)}
    assert found == {"requested", "used"}


def test_tab_walks_through_a_worker_as_it_is_read(visit: Visit) -> None:
    page = visit().open_lab().page
    rows = page.evaluate(
        """() => [...document.querySelectorAll("#scene [data-kind=Pod]")].map((pod) => {
          const { x, y } = pod.getBoundingClientRect();
          return [pod.parentElement.querySelector("[data-kind=Node]").dataset.key, Math.round(y), Math.round(x)];
        })"""
    )
    assert len(rows) > 8
    assert rows == sorted(rows)

    page.locator("#scene [data-kind=Pod]").first.click()
    expect(page.locator("#inspector header")).to_be_visible()
    expect(page.locator("#inspector header .pick")).to_have_count(0)


def test_the_pods_of_the_system_have_readable_names(visit: Visit) -> None:
    page = visit().open_lab().page

    page.locator("#system").click()

    expect(page.locator("#scene [data-kind=Pod]", has_text="kindnet").first).to_be_visible()
    names = page.locator("#scene [data-kind=Pod]").all_text_contents()
    assert [name for name in names if "…" in name] == []


def active(page: Page) -> str:
    """Return the tag and class of what has the focus."""
    return str(
        page.evaluate("`${document.activeElement.tagName}.${document.activeElement.className}`")
    )


def test_the_prediction_is_made_with_arrows_and_the_focus_goes_on_to_the_answer(
    visit: Visit,
) -> None:
    page = visit().open_lab().page
    page.locator(".opt").first.focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")

    expect(page.locator(".opt[aria-checked=true]")).to_have_text("Cthe scheduler")
    expect(page.locator(".opt[aria-checked=true]")).to_be_focused()
    expect(page.locator(".opt[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".first h1")).to_have_text("Who noticed, and when")
    expect(page.locator(".first h1")).to_be_focused()


def test_share_copies_and_closes(visit: Visit) -> None:
    learner = visit(permissions=["clipboard-read", "clipboard-write"]).open_lab()
    page = learner.page
    share = page.locator("#share")
    summary = share.locator("summary")
    summary.click()
    expect(share).to_contain_text("see everything and change nothing")

    share.locator("button[data-copied]").first.click()
    expect(share.locator("button[data-copied]").first).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == share.locator("input").first.input_value()
    page.keyboard.press("Escape")
    expect(share).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()

    summary.click()
    page.mouse.click(600, 200)
    expect(share).not_to_have_attribute("open", "")


def test_the_editor_says_how_to_leave_it_and_keeps_its_row(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    area = learner.editor()
    apply = page.locator("#editor .apply")
    before = apply.bounding_box()
    area.click()
    expect(page.locator("#leave-editor")).to_be_visible()

    area.fill(
        MANIFEST.replace("a-rather-long-name", "a-name-that-is-so-long-that-no-row-has-room-for-it")
    )
    area.press("Control+Enter")

    expect(page.locator("#editor .said")).to_contain_text("created", timeout=20_000)
    assert apply.bounding_box() == before
    right = page.locator(".side").bounding_box()
    line = page.locator("#editor .cm-scroller").bounding_box()
    assert right and line and line["x"] + line["width"] <= right["x"]
