"""The terminal under a learner's fingers: editing, completing, pasting, copying, interrupting, leaving."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, Visitor


def at_the_prompt(visit: Visit, lang: str = "en", **more: object) -> Visitor:
    """Bring a learner whose cursor is in the terminal."""
    learner = visit(lang, **more).open_lab()
    learner.page.locator("#terminal").scroll_into_view_if_needed()
    expect(learner.page.locator("#terminal textarea")).to_be_attached()
    learner.page.locator("#terminal textarea").focus()
    learner.until_prompt("")
    return learner


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def paste(page: Page, text: str) -> None:
    """Paste a text as the clipboard of any machine would."""
    page.locator("#terminal textarea").evaluate(
        """(target, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def swipe(page: Page, target: Locator, down: int) -> None:
    """Move a finger down over something."""
    box = target.bounding_box()
    assert box
    tool = page.context.new_cdp_session(page)
    at = {"x": box["x"] + 60, "y": box["y"] + 60}
    tool.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    for step in range(1, 6):
        there = {**at, "y": at["y"] + down * step / 5}
        tool.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [there]})
    tool.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_line_is_edited_in_its_middle_and_found_again(visit: Visit) -> None:
    learner = at_the_prompt(visit)
    page = learner.page
    page.keyboard.type("get nodesX")
    press(page, "Backspace", "Home")
    page.keyboard.type("kubectl ")
    learner.until_prompt("kubectl get nodes")
    press(page, "End", "Control+ArrowLeft", "Control+k")
    page.keyboard.type("pods")
    learner.until_prompt("kubectl get pods")
    press(page, "Enter")
    learner.until_terminal(r"1/1\s+Running")

    page.keyboard.type("half")
    press(page, "ArrowUp")
    learner.until_prompt("kubectl get pods")
    press(page, "ArrowDown")
    learner.until_prompt("half")
    press(page, "Control+u")
    page.reload()
    learner.arrived()
    page.locator("#terminal textarea").focus()
    learner.until_prompt("")
    press(page, "ArrowUp")

    learner.until_prompt("kubectl get pods")


def test_tab_completes_what_the_page_knows_and_says_which_ways_there_are(visit: Visit) -> None:
    learner = at_the_prompt(visit)
    page = learner.page

    page.keyboard.type("kubectl desc")
    press(page, "Tab")
    page.keyboard.type("deploym")
    press(page, "Tab")
    page.keyboard.type("ca")
    press(page, "Tab")
    learner.until_prompt("kubectl describe deployments cart")
    press(page, "Control+u")
    page.keyboard.type("power-off worker")
    press(page, "Tab")
    learner.until_prompt("power-off worker-")
    press(page, "Tab")

    learner.until_terminal("worker-1  worker-2  worker-3  worker-4")
    learner.until_prompt("power-off worker-")


def test_pasted_lines_run_in_their_order_and_the_last_one_waits(visit: Visit) -> None:
    learner = at_the_prompt(visit)

    paste(
        learner.page,
        "kubectl get deployment cart \\\n -o name\nkubectl get service pay -o name\nkubectl get \x1b[31mpods",
    )

    learner.until_terminal(r"deployment.apps/cart\n[\s\S]*service/pay\n")
    # What a terminal would obey has been taken out.
    learner.until_prompt("kubectl get [31mpods")


def test_korean_takes_two_cells_and_the_cursor_knows_it(visit: Visit) -> None:
    learner = at_the_prompt(visit, "ko")
    page = learner.page
    page.keyboard.insert_text("파드 목록")
    press(page, "ArrowLeft", "Backspace", "Home")
    page.keyboard.type("# ")
    learner.until_prompt("# 파드 록")

    cells = page.evaluate(
        """() => {
          const cursor = document.querySelector("#terminal .xterm-cursor").getBoundingClientRect();
          const screen = document.querySelector("#terminal .xterm-screen").getBoundingClientRect();
          return (cursor.left - screen.left) / 7.2;
        }"""
    )
    assert cells == pytest.approx(4, abs=0.3)


def test_korean_is_not_torn_apart(visit: Visit) -> None:
    learner = at_the_prompt(visit, "ko")
    page = learner.page
    page.keyboard.insert_text("파드")
    learner.until_prompt("파드")

    # A letter is nearly as wide as its two cells, whatever fonts the machine has.
    gap = """() => {
      const row = [...document.querySelectorAll("#terminal .xterm-rows span")].find((each) => each.textContent.includes("파"));
      return parseFloat(getComputedStyle(row).letterSpacing) || 0;
    }"""
    learner.until(lambda: abs(page.evaluate(gap)) < 3, lambda: page.evaluate(gap))


def test_a_wide_table_scrolls_sideways_and_other_lines_are_folded(visit: Visit) -> None:
    learner = at_the_prompt(visit, width=390, height=844, has_touch=True, is_mobile=True)
    page = learner.page
    screen = page.locator("#terminal .screen")
    overflow = "(screen) => screen.scrollWidth - screen.clientWidth"
    assert screen.evaluate(overflow) <= 0

    learner.type("kubectl get pods -o wide")
    learner.until_terminal("NOMINATED NODE")
    learner.until(lambda: screen.evaluate(overflow) > 200, lambda: screen.evaluate(overflow))
    learner.type("power-off a-machine-that-nobody-knows-and-whose-name-is-long")
    learner.until_terminal("There is no machine")

    edge = screen.evaluate("(screen) => screen.getBoundingClientRect().right")
    row = (
        page.locator("#terminal .xterm-rows > *")
        .filter(has_text="There is no")
        .locator("span")
        .last
    )
    box = row.bounding_box()
    assert box and box["x"] + box["width"] <= edge + 1


def test_control_c_copies_what_is_marked_and_else_interrupts(visit: Visit) -> None:
    learner = at_the_prompt(visit, permissions=["clipboard-read", "clipboard-write"])
    page = learner.page
    page.keyboard.type("kubectl")
    learner.until_prompt("kubectl")
    row = page.locator("#terminal .xterm-rows > *").filter(has_text="kubectl").last.bounding_box()
    assert row
    page.mouse.dblclick(row["x"] + 7.2 * 5, row["y"] + row["height"] / 2)

    press(page, "Control+c")
    learner.until(
        lambda: page.evaluate("navigator.clipboard.readText()") == "kubectl",
        lambda: page.evaluate("navigator.clipboard.readText()"),
    )
    learner.until_prompt("kubectl")
    press(page, "Control+c")

    learner.until_prompt("")
    learner.until_terminal(r"\$ kubectl\^C")


def test_a_command_that_goes_on_is_ended_by_its_button(visit: Visit) -> None:
    learner = at_the_prompt(visit)
    learner.type("kubectl get pods -w")
    learner.until_terminal("Running")

    learner.page.locator("#terminal .waiting").click()

    learner.until_terminal(r"\^C")
    learner.type("kubectl get service pay -o name")
    learner.until_terminal("service/pay")


@pytest.mark.parametrize("keys", [["Tab"], ["k", "Escape", "Tab"], ["k", "Shift+Tab"]])
def test_the_keyboard_leaves_the_terminal(visit: Visit, keys: list[str]) -> None:
    learner = at_the_prompt(visit)
    area = learner.page.locator("#terminal textarea")
    expect(area).to_have_accessible_name(re.compile("Tab"))
    expect(area).to_be_focused()

    press(learner.page, *keys)

    expect(area).not_to_be_focused()


def test_a_viewer_s_command_is_refused_in_the_terminal(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.page.locator("#share summary").click()
    address = learner.page.get_by_label("Read only", exact=True)
    viewer = visit()
    viewer.page.goto(address.input_value())
    viewer.arrived()

    viewer.type("power-off worker-1")

    viewer.until_terminal("only")
    viewer.until_prompt("")


def test_a_thumb_opens_the_keyboard_and_nothing_is_too_wide(visit: Visit) -> None:
    learner = visit(width=390, height=844, has_touch=True, is_mobile=True).open_lab()
    page = learner.page
    page.locator("#terminal").scroll_into_view_if_needed()
    expect(page.locator("#terminal textarea")).to_be_attached()

    page.locator("#terminal").tap()

    expect(page.locator("#terminal textarea")).to_be_focused()
    learner.type("kubectl get pods -o wide")
    learner.until_terminal("NOMINATED NODE")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    learner.type("help")
    learner.until_terminal("start-process")
    first = page.locator("#terminal .xterm-rows > *").first
    before = first.inner_text()
    swipe(page, page.locator("#terminal"), 150)
    expect(first).not_to_have_text(before)
