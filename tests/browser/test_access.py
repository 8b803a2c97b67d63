"""Nobody is shut out: axe finds nothing, in both languages, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visit, Visitor


def violations(visitor: Visitor) -> list[str]:
    """Return what axe objects to on the page, with an example of each."""
    found = Axe().run(visitor.page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


@pytest.mark.parametrize(("lang", "scheme"), [("ko", "light"), ("en", "dark")])
def test_axe_objects_to_nothing(visit: Visit, lang: str, scheme: str) -> None:
    visitor = visit(lang, scheme=scheme, bypass_csp=True)
    visitor.page.goto(visitor.site.url)
    assert violations(visitor) == []

    visitor.open_lab()
    assert violations(visitor) == []

    visitor.machine("worker-3", "power-off")
    visitor.choose("Node", "worker-3")
    visitor.page.locator("#inspector header").wait_for()
    assert violations(visitor) == []

    visitor.page.goto(visitor.page.url + "&view=stage")
    visitor.arrived()
    assert violations(visitor) == []
