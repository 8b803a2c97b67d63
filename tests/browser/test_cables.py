"""Cables and the log: cut and healed by dragging and by keyboard, entries opened, reasons given."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit


def machine(page: Page, name: str) -> Locator:
    """Return a machine of the picture."""
    return page.locator(f'#scene [data-kind="Node"][data-key="{name}"]')


def drag(page: Page, start: str, end: str) -> None:
    """Drag from one machine to another."""
    boxes = [machine(page, name).bounding_box() for name in (start, end)]
    assert boxes[0] and boxes[1]
    (x1, y1), (x2, y2) = [(box["x"] + box["width"] / 2, box["y"] + 12) for box in boxes if box]
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2, steps=4)
    page.mouse.move(x2, y2, steps=4)
    page.mouse.up()


def test_dragging_cuts_a_cable_and_dragging_again_heals_it(visit: Visit) -> None:
    page = visit().open_lab().page
    story = page.locator("#lesson")
    cable = page.locator('#scene [data-kind="Cable"]')

    drag(page, "cp-1", "cp-2")
    expect(story).to_contain_text("The cable between cp-1 and cp-2 was cut")
    expect(cable).to_have_count(1)
    expect(page.locator("#inspector header")).to_contain_text("cp-1 – cp-2")
    drag(page, "cp-2", "cp-1")

    expect(story).to_contain_text("The cable between cp-2 and cp-1 is whole again")
    expect(cable).to_have_count(0)


def test_a_cable_is_cut_made_slow_and_healed_by_keyboard(visit: Visit) -> None:
    page = visit("ko").open_lab().page
    machine(page, "worker-1").focus()
    page.keyboard.press("Enter")
    inspector = page.locator("#inspector")
    inspector.get_by_text("다른 머신과 잇는 케이블").focus()
    page.keyboard.press("Enter")
    inspector.locator(".cables button.name").filter(has_text="cp-1").focus()
    page.keyboard.press("Enter")
    expect(inspector.locator("header")).to_contain_text("cp-1 – worker-1")

    for verb, said in (
        ("delay", "200ms 지연"),
        ("hold", "보류됨"),
        ("heal", "이상 없음"),
        ("cut", "끊김"),
    ):
        inspector.locator(f"button[data-do={verb}]").first.focus()
        page.keyboard.press("Enter")
        expect(inspector.locator("header + p")).to_contain_text(said)

    page.locator('#scene [data-kind="Cable"]').focus()
    page.keyboard.press("Enter")
    expect(inspector.locator(".close")).to_be_focused()
    inspector.locator("button[data-do=heal]").focus()
    page.keyboard.press("Enter")
    expect(page.locator('#scene [data-kind="Cable"]')).to_have_count(0)


def test_an_entry_of_the_log_says_which_writes_it_holds(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    learner.type("kubectl scale deployment web --replicas=5")
    learner.until_terminal("scaled")
    learner.choose("Node", "cp-1")
    inspector = page.locator("#inspector")
    wanted = re.compile("scale.*web|patch Deployment default/web|update Deployment default/web")
    inspector.locator(".log button").first.click()
    expect(inspector.locator(".entry").first).to_contain_text("in the log of cp-1, cp-2, cp-3")

    for _ in range(12):
        if wanted.search(inspector.inner_text()):
            break
        inspector.get_by_role("button", name="Earlier entry").click()
        page.wait_for_timeout(400)

    expect(inspector.locator(".entry")).to_contain_text(wanted)


def test_why_nothing_is_scheduled_names_the_missing_quorum(visit: Visit) -> None:
    for lang, word, sentence in (
        ("en", "no quorum", "1 of 3 members are up, and 2 are needed"),
        ("ko", "정족수 없음", "멤버 3개 중 1개만 동작하고 2개가 필요합니다"),
    ):
        learner = visit(lang).open_lab()
        page = learner.page
        learner.machine("cp-1", "power-off")
        learner.machine("cp-2", "power-off")
        expect(page.locator("#scene")).to_contain_text(word)

        learner.choose("Queue", "pods")

        expect(page.locator("#inspector .explain")).to_contain_text(sentence)


def test_a_split_vote_is_provoked_and_told(visit: Visit) -> None:
    learner = visit().open_lab()

    learner.page.locator("button[data-do=provoke-split-vote]").click()

    expect(learner.page.locator("#lesson")).to_contain_text("Split vote in term 2", timeout=20_000)
