"""Rows say what the API says: whom a pod belongs to is its own ownerReference."""

from simulation.kube.objects.pod import Pod
from simulation.projection.rows import pod_row
from tests.simulation.kube.test_quota import lab


def test_the_owner_of_a_pod_is_its_replica_set_and_the_workload_the_deployment_above() -> None:
    world = lab().world
    keys = [key for key in world.store.keys(Pod) if key.startswith("default/")]
    rows = {key: pod_row(world, key, world.store.get(Pod, key), 0, []) for key in keys}

    web = next(row for row in rows.values() if row["workload"] == "default/Deployment/web")

    assert web["owner"] == f"ReplicaSet/{web['name'].rpartition('-')[0]}"
    assert (rows["default/report"]["owner"], rows["default/report"]["workload"]) == ("", "")
