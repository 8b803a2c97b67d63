"""What a learner can do: scale, roll out and back, take the quorum away, apply a manifest."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

BROKEN = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: nginx\nspec:\n  replicas: many\n"
)
WHOLE = """apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers: [{name: nginx, image: "nginx:1.27", resources: {requests: {cpu: 10m}}}]
"""


def test_scaling_by_mouse_and_by_keyboard(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    page = learner.page
    cart = page.locator("#inspector .line").filter(has_text="cart").first

    cart.locator("button[data-do=scale]").last.click()
    expect(cart.locator(".scaler b")).to_have_text("5 / 5", timeout=30_000)
    cart.locator("button[data-do=scale]").first.focus()
    page.keyboard.press("Enter")
    expect(cart.locator(".scaler b")).to_have_text("4 / 4", timeout=30_000)


def test_a_bad_rollout_is_undone(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    page = learner.page

    learner.type("kubectl set image deployment/web *=registry.example/web:oops")
    learner.until_terminal("image updated")
    page.locator("#inspector .line button.name").filter(has_text="web").click()
    expect(page.locator("#inspector")).to_contain_text("oops")
    page.wait_for_timeout(1000)
    learner.type("kubectl get pods -l app=web")
    learner.until_terminal("ErrImagePull|ImagePullBackOff")

    page.get_by_role("button", name="Undo the last rollout").click()

    expect(page.locator("#inspector")).not_to_contain_text("oops")
    expect(page.locator("#inspector .scaler b")).to_have_text("6 / 6", timeout=30_000)


def test_without_a_quorum_writes_wait_and_traffic_flows(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    learner.machine("cp-1", "power-off")
    learner.machine("cp-2", "power-off")
    control = page.locator("#scene")
    expect(control).to_contain_text("nothing can be written")

    learner.type("kubectl scale deployment/web --replicas=5")

    waits = page.locator("#terminal .waiting")
    expect(waits).to_have_text(re.compile(r"quorum.*\ss · Ctrl-C"))
    learner.until_terminal("Error from server|error:", 40)
    assert learner.failing() < 1
    learner.hurry()
    learner.machine("cp-1", "power-on")
    learner.machine("cp-2", "power-on")
    expect(control).not_to_contain_text("nothing can be written", timeout=60_000)
    learner.type("kubectl scale deployment/web --replicas=5")
    learner.until_terminal("deployment.apps/web scaled", 40)
    web = page.locator("#inspector .line").filter(has_text="web").first
    expect(web.locator(".scaler b")).to_have_text("5 / 5", timeout=30_000)


def test_the_editor_points_at_the_line_and_applies_what_is_right(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    page = learner.page
    area = learner.editor()

    area.fill(BROKEN)
    area.press("Control+Enter")
    problem = page.locator("#editor .problems")
    expect(problem).to_contain_text("replicas")
    expect(problem).to_contain_text("6:3  replicas has to be a number json: cannot unmarshal")
    expect(page.locator("#editor .cm-line:has(.cm-lintRange-error)")).to_have_text(
        "  replicas: many"
    )
    problem.get_by_role("button").click()
    expect(area).to_be_focused()
    area.fill(WHOLE)
    area.press("Control+Enter")

    expect(page.locator("#inspector .line").filter(has_text="nginx")).to_be_visible(timeout=20_000)


LATE = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: late
spec:
  replicas: many
  selector:
    matchLabels: {app: late}
  template:
    metadata:
      labels: {app: late}
    spec:
      containers:
      - name: one
        image: nginx:1.27
        ports:
        - containerPort: http
"""
ROWS = """() => {
  const frame = document.querySelector("#editor .sheet").getBoundingClientRect();
  const [wrong] = document.querySelectorAll("#editor .cm-line:has(.cm-lintRange-error)");
  const { top, bottom, height } = wrong.getBoundingClientRect();
  return { isSeen: top >= frame.top - 1 && bottom <= frame.bottom + 1,
    rest: [frame.height / height, (top - frame.top) / height].map((rows) => Math.abs(rows - Math.round(rows))),
    text: wrong.textContent };
}"""


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_line_that_is_wrong_comes_into_sight_and_no_row_is_cut(visit: Visit, lang: str) -> None:
    learner = visit(lang).open_lab()
    page = learner.page
    area = learner.editor()
    area.fill(LATE)

    area.press("Control+Enter")

    problems = page.locator("#editor .problems li")
    expect(problems).to_have_count(2, timeout=30_000)
    plain = {"ko": "replicas 필드에는 숫자가 와야 합니다", "en": "replicas has to be a number"}[
        lang
    ]
    expect(problems.first.locator("b")).to_have_text(plain)
    page.wait_for_timeout(300)
    found = page.evaluate(ROWS)
    assert found["isSeen"] and found["text"] == "  replicas: many"
    assert max(found["rest"]) < 0.08


def test_the_keyboard_indents_in_the_editor_and_leaves_it(visit: Visit) -> None:
    learner = visit().open_lab()
    area = learner.editor()
    area.fill("kind: Pod")

    area.press("Home")
    area.press("Tab")
    expect(area.locator(".cm-line")).to_have_text("  kind: Pod")
    area.press("Escape")
    area.press("Tab")

    expect(area).not_to_be_focused()
    expect(area.locator(".cm-line")).to_have_text("  kind: Pod")


def test_who_walks_through_the_page_with_tab_walks_past_the_editor(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    area = learner.editor()
    expect(area).to_be_visible()
    before = area.inner_text()
    page.locator("#editor .apply").focus()

    page.keyboard.press("Tab")
    expect(area).to_be_focused()
    expect(page.locator("#leave-editor")).to_be_visible()
    page.keyboard.press("Tab")

    expect(area).not_to_be_focused()
    assert area.inner_text() == before


def test_the_dock_keeps_what_stands_in_both_of_its_tabs(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    area = learner.editor()
    area.fill("kind: Pod")
    page.locator("[data-tab=editor]").focus()

    page.keyboard.press("ArrowRight")

    expect(page.locator("[data-tab=terminal]")).to_be_focused()
    learner.type("kubectl get pods -o name")
    learner.until_terminal("pod/web")
    page.locator("[data-tab=editor]").click()
    expect(area).to_have_text("kind: Pod")
    page.locator("[data-tab=terminal]").click()
    assert "pod/web" in learner.terminal()


def test_a_double_click_switches_a_machine_off_once(visit: Visit) -> None:
    learner = visit().open_lab()
    page = learner.page
    line = page.locator("#inspector .machines .line").filter(has_text="worker-2")

    line.locator("button[data-do=power-off]").dblclick()

    expect(line.locator(".state")).to_have_text("off")
    page.wait_for_timeout(1500)
    expect(line.locator(".state")).to_have_text("off")
    switched = page.locator("#lesson .story li").filter(has_text="worker-2 was switched off")
    expect(switched).to_have_count(1)


def test_a_cable_is_cut_and_healed_and_the_pods_go_on(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    page = learner.page
    learner.choose("Node", "worker-2")

    page.locator("#inspector button[data-do=cut]").first.click()
    worker = page.locator('#scene [data-kind=Node][data-key="worker-2"]')
    expect(worker).to_contain_text("NotReady", timeout=40_000)
    page.locator("#inspector button[data-do=heal]").first.click()

    expect(worker).not_to_contain_text("NotReady", timeout=40_000)


def test_everything_works_without_a_mouse(visit: Visit) -> None:
    learner = visit()
    page = learner.page
    page.goto(learner.site.url)
    button = page.locator("main form button.open")
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/lab/**", wait_until="commit")
    learner.arrived()

    found = "document.activeElement.closest('[data-kind]')?.dataset.key ?? ''"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(found).startswith("worker-"):
            break
    name = page.evaluate(found)
    assert name.startswith("worker-"), "Tab never came to a worker of the picture"
    page.keyboard.press("Enter")
    expect(page.locator("#inspector header")).to_contain_text(name)
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.do ?? ''") == "power-off":
            break
    page.keyboard.press("Enter")

    expect(page.locator("#lesson .clocks")).to_be_visible()
    expect(page.locator("#inspector button[data-do=power-on]").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#inspector header")).to_have_count(0)
    assert page.evaluate(found) == name, "the focus is back where it came from"


def test_a_kubelet_dies_alone_and_its_pods_go_on(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    page = learner.page
    learner.choose("Node", "worker-2")
    page.locator("#inspector details").filter(has_text="process").locator("summary").click()

    page.locator("#inspector button[data-do=kill-process]").filter(has_text="kubelet").click()
    expect(page.locator("#lesson .clocks")).to_contain_text("kubelet stopped")
    worker = page.locator('#scene [data-kind=Node][data-key="worker-2"]')
    expect(worker).to_contain_text("NotReady", timeout=40_000)
    assert learner.failing() == 0
    page.locator("#inspector button[data-do=start-process]").click()

    expect(worker).not_to_contain_text("NotReady", timeout=40_000)


def test_a_fourth_control_plane_node_costs_quorum_and_buys_nothing(visit: Visit) -> None:
    learner = visit().open_lab()
    learner.hurry()
    page = learner.page
    scene = page.locator("#scene")
    expect(scene).to_contain_text("3/3 members up · quorum 2 · may lose 1")

    page.locator("#inspector button[data-do=add-control-plane]").click()
    expect(scene).to_contain_text("4/4 members up · quorum 3 · may lose 1", timeout=60_000)
    learner.choose("Node", "cp-4")
    page.locator("#inspector details").filter(has_text="process").locator("summary").click()
    page.locator("#inspector button[data-do=remove-control-plane]").click()

    expect(scene).to_contain_text("3/3 members up · quorum 2 · may lose 1", timeout=60_000)
