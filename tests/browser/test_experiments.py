"""What is worth trying: one list, in two places, whose ways back stay in sight."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

TITLES = {
    "en": [
        "Lose the quorum",
        "Pull a cable",
        "Break a rollout",
        "Let pods wait",
        "Kill a kubelet",
        "Again with two",
    ],
    "ko": [
        "정족수 없애기",
        "케이블 뽑기",
        "고장 난 버전 배포",
        "파드 기다리게 하기",
        "kubelet 종료하기",
        "두 개로 다시 하기",
    ],
}
JOINER = "\u2060"


def titles(page: Page) -> list[str]:
    """Return the names of the experiments that are listed."""
    found = page.locator("#lesson .experiments .try").all_inner_texts()
    return [each.replace(JOINER, "") for each in found]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_same_experiments_stand_at_the_foot_and_then_above_the_story(
    visit: Visit, lang: str
) -> None:
    learner = visit(lang).open_lab()
    page = learner.page
    assert titles(page) == TITLES[lang][:-1]
    chips = page.locator("#lesson .experiments .try")
    places = [chip.bounding_box() for chip in chips.all()]
    for chip in chips.all():
        chip.click()
        expect(chip).to_have_attribute("aria-expanded", "true")
        expect(page.locator("#experiment .act")).to_be_in_viewport(ratio=1)
        assert [each.bounding_box() for each in chips.all()] == places

    expect(page.locator("#experiment .act code")).to_have_text("kill-process worker-3 kubelet")
    page.locator("#experiment .act").dblclick()
    expect(page.locator("#lesson .clocks")).to_be_visible()
    expect(chips).to_have_count(0)
    back = page.locator("#lesson .ways .act")
    expect(back.locator("code")).to_have_text("start-process worker-3 kubelet")
    expect(back).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(1000)
    back.click()
    expect(page.locator("#lesson .clocks.calm")).to_be_visible(timeout=40_000)

    assert titles(page) == TITLES[lang]
    expect(back).to_have_count(0)
    expect(page.locator("#lesson .story h2")).to_be_in_viewport()


def test_pods_wait_and_the_way_back_is_never_out_of_sight(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    page = learner.page
    chips = page.locator("#lesson .experiments .try")
    places = [chip.bounding_box() for chip in chips.all()]
    chips.nth(3).click()

    page.locator("#experiment .act").click()
    expect(page.locator("#experiment .act")).to_contain_text("Scale cart back to 4")
    expect(page.locator("#lesson .story")).to_contain_text("No node fits")
    assert [chip.bounding_box() for chip in chips.all()] == places
    chips.nth(1).click()
    way = page.locator("#lesson .ways .act")
    expect(way).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(800)
    way.click()

    expect(way).to_have_count(0)
    cart = page.locator("#inspector .line").filter(has_text="cart").first
    expect(cart.locator(".scaler b")).to_have_text("4 / 4", timeout=30_000)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_first_minute_becomes_a_line_and_is_not_asked_again(visit: Visit, lang: str) -> None:
    learner = visit(lang).open_lab()
    learner.hurry()
    page = learner.page
    page.locator(".first button[data-do=power-off]").click()
    expect(page.locator("#lesson .clocks.calm")).to_be_visible(timeout=60_000)
    title = {"ko": "누가 언제 알아챘나", "en": "Who noticed, and when"}[lang]
    expect(page.locator(".first h1")).to_have_text(title)

    page.locator("#lesson .experiments .try").nth(4).click()
    page.locator("#experiment .act").click()
    line = page.locator(".first.folded summary")
    begins = {
        "ko": "첫 1분: 사용자 곧바로, 컨트롤 플레인 ",
        "en": "The first minute: users at once, ",
    }
    expect(line).to_contain_text(begins[lang])
    page.wait_for_timeout(800)
    page.locator("#lesson .ways .act").filter(has_text="kubelet").click()
    expect(page.locator("#lesson .clocks.calm")).to_be_visible(timeout=60_000)
    page.reload()
    learner.arrived()
    expect(line).to_contain_text(begins[lang])
    expect(page.locator(".first .opt")).to_have_count(0)
    line.click()
    expect(page.locator(".first h1")).to_be_visible()

    page.locator("#lesson .experiments .try").nth(5).click()
    page.locator("#experiment .act").click()
    pay = page.locator("#inspector .line").filter(has_text="pay").first
    expect(pay.locator(".scaler b")).to_have_text("2 / 2", timeout=30_000)
    page.wait_for_timeout(800)
    page.locator("#experiment .act").click()
    expect(page.locator(".first.folded")).to_have_count(0)
    expect(page.locator(".first h1")).to_be_visible()
