"""Hundreds of Services: what one change of a pod costs, counted and not timed."""

import pytest

from simulation.kube.indexes import SLICES_BY_SERVICE, service_of_slice
from simulation.kube.network import knowledge
from simulation.kube.objects.service import EndpointSlice, Service
from simulation.kube.view import View
from simulation.lab import commands
from simulation.lab.lab import Lab
from tests.simulation.kubectl.terminals import a_lab

MANY = 100


def many_services() -> Lab:
    one = "apiVersion: v1\nkind: Service\nmetadata: {{name: s{0}}}\nspec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}\n"
    text = "---\n".join(one.format(n) for n in range(MANY))
    lab = a_lab()
    given = {
        "do": "kubectl",
        "argv": ["kubectl", "apply", "-f", "a.yaml"],
        "files": {"a.yaml": text},
    }
    lab.submit(commands.parse(given), "apply", "tester")
    lab.advance(lab.now + 60_000)
    return lab


def test_a_view_files_what_has_changed_once_however_often_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
):
    lab = many_services()
    version = lab.world.store.version
    scale = ["kubectl", "scale", "deploy/web", "--replicas=1"]
    lab.submit(commands.parse({"do": "kubectl", "argv": scale}), "scale", "tester")
    lab.advance(lab.now + 60_000)
    changed = {
        each.key
        for each in lab.world.store.changes_since(version) or ()
        if each.kind == "EndpointSlice"
    }
    plain = [
        View(lab.world.store, version).by(SLICES_BY_SERVICE, f"default/s{n}") for n in range(MANY)
    ]
    filed: list[EndpointSlice] = []
    monkeypatch.setattr(
        SLICES_BY_SERVICE, "value_of", lambda each: filed.append(each) or service_of_slice(each)
    )

    view = View(lab.world.store, version)

    assert [view.by(SLICES_BY_SERVICE, f"default/s{n}") for n in range(MANY)] == plain
    assert 0 < len(filed) <= len(changed)


def test_an_ingress_controller_looks_only_at_services_that_its_rules_lead_to(
    monkeypatch: pytest.MonkeyPatch,
):
    lab = many_services()
    view = View(lab.world.store)
    asked: list[str] = []
    by = View.by
    monkeypatch.setattr(
        View, "by", lambda self, index, value: asked.append(value) or by(self, index, value)
    )

    tables = knowledge.tables_of(view)

    assert len(view.list(Service)) > MANY
    assert set(asked) == {rule.backend.rpartition(":")[0] for rule in tables.rules}
    assert all(tables.peers[rule.backend] for rule in tables.rules)
