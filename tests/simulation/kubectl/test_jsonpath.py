"""JSONPath templates and custom columns, as kubectl's own documentation shows them."""

import pytest

from simulation.kubectl.errors import CommandError
from simulation.kubectl.jsonpath import column_text, custom_columns, render

PODS = {
    "kind": "List",
    "items": [
        {
            "kind": "Pod",
            "metadata": {
                "name": "web-1",
                "labels": {"app": "web", "app.kubernetes.io/name": "shop"},
            },
            "spec": {
                "nodeName": "worker-1",
                "containers": [
                    {"name": "web", "image": "web:1"},
                    {"name": "log", "image": "log:2"},
                ],
            },
            "status": {
                "restarts": 3,
                "ready": True,
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        },
        {
            "kind": "Pod",
            "metadata": {"name": "cart-1", "labels": {"app": "cart"}},
            "spec": {"nodeName": "worker-2", "containers": [{"name": "cart", "image": "cart:1"}]},
            "status": {
                "restarts": 0,
                "ready": False,
                "conditions": [{"type": "Ready", "status": "False"}],
            },
        },
    ],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{.kind}", "List"),
        (".kind", "List"),
        ("{$.kind}", "List"),
        ("kind is {.kind}", "kind is List"),
        ("{.items[*].metadata.name}", "web-1 cart-1"),
        ("{.items[0].metadata.name}", "web-1"),
        ("{.items[-1].metadata.name}", "cart-1"),
        ("{.items[0:1].metadata.name}", "web-1"),
        ("{.items[*]['metadata'].name}", "web-1 cart-1"),
        ("{['kind']}", "List"),
        ("{..name}", "web-1 web log cart-1 cart"),
        ("{.items[*].spec.containers[*].image}", "web:1 log:2 cart:1"),
        ('{.items[?(@.spec.nodeName=="worker-2")].metadata.name}', "cart-1"),
        ("{.items[?(@.status.restarts>1)].metadata.name}", "web-1"),
        ("{.items[?(@.status.ready==true)].metadata.name}", "web-1"),
        ("{.items[?(@.metadata.labels.app!='web')].metadata.name}", "cart-1"),
        ('{.items[0].status.conditions[?(@.type=="Ready")].status}', "True"),
        (r"{.items[0].metadata.labels.app\.kubernetes\.io/name}", "shop"),
        ("{.items[0].metadata.labels['app\\.kubernetes\\.io/name']}", "shop"),
        (
            '{range .items[*]}{.metadata.name}{"\\t"}{.spec.nodeName}{"\\n"}{end}',
            "web-1\tworker-1\ncart-1\tworker-2\n",
        ),
        (
            "{range .items[*]}{.metadata.name}:{range .spec.containers[*]} {.name}{end};{end}",
            "web-1: web log;cart-1: cart;",
        ),
        ("{.items[0].metadata.labels}", '{"app":"web","app.kubernetes.io/name":"shop"}'),
        ("{.nothing}", ""),
        ("{.items[*].status.restarts}", "3 0"),
    ],
)
def test_a_template_is_filled_in(template, text):
    assert render(template, PODS) == text


@pytest.mark.parametrize("template", ["{.items[*", "{.items[5].metadata}", "{.a b c(}", "{end}"])
def test_a_template_that_means_nothing_is_refused(template):
    with pytest.raises(CommandError, match="jsonpath"):
        render(template, PODS)


def test_a_column_shows_what_is_missing_as_none():
    columns = custom_columns("NAME:.metadata.name,IMAGES:.spec.containers[*].image,ZONE:.spec.zone")

    cells = [[column_text(steps, pod) for _, steps in columns] for pod in PODS["items"]]

    assert [header for header, _ in columns] == ["NAME", "IMAGES", "ZONE"]
    assert cells == [["web-1", "web:1,log:2", "<none>"], ["cart-1", "cart:1", "<none>"]]
