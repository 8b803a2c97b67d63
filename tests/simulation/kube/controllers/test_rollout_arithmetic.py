"""The arithmetic of a rollout, where the tables of the real system have no row."""

from simulation.kube.rules.deployments import Share, proportional


def test_who_comes_after_the_last_pod_was_given_keeps_its_size():
    # Both were scaled for 30 pods and now grow for 20: their shares are smaller than they are.
    growing = Share("growing", 12, created=2, annotated_max=10)
    too_large = Share("too-large", 6, created=1, annotated_max=30)

    sizes = proportional(20, 0, [growing, too_large])

    assert sizes == {"growing": 14, "too-large": 6}
