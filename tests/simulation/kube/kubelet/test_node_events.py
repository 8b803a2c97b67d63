"""What a kubelet says of its own node when somebody else changes it."""

from tests.scenarios.playing import played


def test_cordon_and_uncordon_are_events_of_the_node_at_the_kubelets_next_look() -> None:
    said = played(
        "$ kubectl cordon worker-1\n"
        "$ wait 11s\n"
        "$ kubectl uncordon worker-1\n"
        "$ wait 11s\n"
        "$ kubectl get events --field-selector involvedObject.name=worker-1 "
        "-o custom-columns=REASON:.reason\n"
    )

    assert said[-2:] == ["NodeNotSchedulable", "NodeSchedulable"]


def test_a_node_that_stays_cordoned_says_so_once() -> None:
    said = played(
        "$ kubectl cordon worker-1\n"
        "$ wait 60s\n"
        "$ kubectl label node worker-1 a=b\n"
        "$ wait 11s\n"
        "$ kubectl get events --field-selector involvedObject.name=worker-1 "
        "-o custom-columns=REASON:.reason\n"
    )

    assert said.count("NodeNotSchedulable") == 1


def test_a_described_nodes_taints_are_sorted_by_effect_and_key() -> None:
    said = played(
        "$ kubectl taint node worker-1 z=1:NoExecute b=1:NoSchedule a=1:PreferNoSchedule "
        "a=1:NoSchedule\n"
        "$ kubectl describe node worker-1\n"
    )

    start = next(i for i, line in enumerate(said) if line.startswith("Taints:"))
    words = [line.split()[-1] for line in said[start : start + 4]]
    assert words == ["z=1:NoExecute", "a=1:NoSchedule", "b=1:NoSchedule", "a=1:PreferNoSchedule"]


def test_nodes_have_the_events_of_their_start_and_of_their_registration() -> None:
    said = played(
        "$ kubectl get events --field-selector involvedObject.name=worker-1 "
        "-o custom-columns=REASON:.reason,FROM:.source.component\n"
        "$ add-worker\n"
        "$ wait 60s\n"
        "$ kubectl get events --field-selector involvedObject.name=worker-5 "
        "-o custom-columns=REASON:.reason,FROM:.source.component\n"
    )

    rows = [line.split() for line in said if not line.startswith("$")]
    born, added = rows[1:3], rows[-3:]
    assert born == [["Starting", "kubelet"], ["RegisteredNode", "node-controller"]]
    assert added[:2] == born
    assert added[2][0] == "NodeReady"


def test_another_controller_manager_registers_all_nodes_anew() -> None:
    said = played(
        "$ kill-process cp-1 kube-controller-manager\n"
        "$ kill-process cp-2 kube-controller-manager\n"
        "$ kill-process cp-3 kube-controller-manager\n"
        "$ wait 60s\n"
        "$ kubectl get events --field-selector reason=RegisteredNode,involvedObject.name=worker-1 "
        "-o custom-columns=COUNT:.count\n"
    )

    assert said[-1] == "2" or said[-2:] == ["1", "1"]
