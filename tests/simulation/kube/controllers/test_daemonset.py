"""One pod a node, also when many nodes come at once."""

from tests.simulation.kube.test_quota import lab


def test_many_nodes_at_once_get_one_pod_each_and_none_is_deleted_again() -> None:
    many = lab(workers=[{"zone": "a"}] * 60, placement={})

    many.advance(many.now + 60_000)

    deletions = [
        each
        for each in many.world.ledger.entries.values()
        if each.reason.key == "daemonset-deletes"
    ]
    assert deletions == []
    pods = [
        each.spec.node_name
        for each in many.world.store.list("Pod")
        if each.metadata.name.startswith("kindnet-")
    ]
    assert sorted(pods) == sorted(many.world.machines)
