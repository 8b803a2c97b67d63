"""A class that wants its lab as it was at the beginning."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_the_owner_starts_over_and_everybody_comes_along(visit: Visit) -> None:
    owner, viewer, late = visit().open_lab(), visit(), visit()
    owner.page.locator("#share summary").click()
    address = owner.page.get_by_label("Read only").input_value()
    owner.page.keyboard.press("Escape")
    viewer.page.goto(address)
    viewer.arrived()
    old = owner.page.url

    owner.page.locator("#anew summary").click()
    expect(owner.page.locator("#anew")).to_contain_text("Everybody who watches comes along")
    owner.page.locator("#anew button").click()

    owner.page.wait_for_url(lambda url: url != old, wait_until="commit")
    owner.arrived()
    lab = re.search(r"/lab/([^?]+)", owner.page.url)
    assert lab is not None
    viewer.page.wait_for_url(f"**/lab/{lab[1]}?**", wait_until="commit")
    viewer.arrived()
    late.page.goto(address)
    late.arrived()
    assert lab[1] in late.page.url
    assert owner.lab_time() < 60
    for each in (viewer, late):
        expect(each.page.locator("#anew")).to_have_count(0)
        expect(each.page.locator(".role")).to_have_text("Looking on")
