"""The nodes as the scheduler believes them to be, assumed pods included.

Derived from what the scheduler's watch has told it and from its own bindings that are under way;
it can be thrown away and rebuilt at any moment, and a law says that both agree.
"""

from simulation.kube.objects.config import Namespace
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.policy import PodDisruptionBudget
from simulation.kube.rules.pods import is_finished
from simulation.kube.scheduler.hints import Happening
from simulation.kube.scheduler.infos import REGION, ZONE, Budget, Cluster, NodeInfo, PodInfo
from simulation.kube.scheduler.pod_infos import budget_info, node_facts, pod_info
from simulation.kube.store import Change
from simulation.kube.view import View


def is_placed(pod: object) -> bool:
    """Tell whether a pod takes room on a node."""
    return isinstance(pod, Pod) and bool(pod.spec.node_name) and not is_finished(pod)


class NodeTable:
    """NodeInfos by name, with the pods on them."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeInfo] = {}
        self._real: dict[str, bool] = {}
        self._where: dict[str, str] = {}
        self._namespaces: dict[str, dict[str, str]] = {}
        self._order: tuple[NodeInfo, ...] | None = None
        self._budgets: dict[str, Budget] = {}

    @classmethod
    def rebuild(cls, view: View, assumed: dict[str, str]) -> "NodeTable":
        """Return the table of a view, with the pods that are assumed to go to a node."""
        table = cls()
        for key, namespace in view.items(Namespace):
            table._namespaces[key] = namespace.metadata.labels
        for key, budget in view.items(PodDisruptionBudget):
            table._budgets[key] = budget_info(budget)
        for _, node in view.items(Node):
            assert isinstance(node, Node), f"{node} is no Node"
            table.node_changed(node)
        for key, pod in view.items(Pod):
            assert isinstance(pod, Pod), f"{pod} is no Pod"
            if is_placed(pod):
                table.place(pod_info(pod), pod.spec.node_name)
            elif key in assumed:
                table.place(pod_info(pod), assumed[key])
        return table

    def cluster(self) -> Cluster:
        """Return what a cycle may look at."""
        if self._order is None:
            self._order = tuple(self._nodes[name] for name in self._interleaved())
        budgets = tuple(self._budgets[key] for key in sorted(self._budgets))
        return Cluster(self._order, self._namespaces, budgets)

    def _interleaved(self) -> list[str]:
        """Return the nodes' names, zone by zone in turns."""
        zones: dict[str, list[str]] = {}
        for name in sorted(name for name in self._nodes if self._real.get(name)):
            labels = self._nodes[name].labels
            zone = f"{labels.get(REGION, '')}:{labels.get(ZONE, '')}"
            zones.setdefault(zone, []).append(name)
        lists = [zones[zone] for zone in sorted(zones)]
        longest = max(map(len, lists), default=0)
        return [names[turn] for turn in range(longest) for names in lists if turn < len(names)]

    def node_changed(self, node: Node) -> NodeInfo:
        """Take over a Node that was added or updated."""
        name = node.metadata.name
        info = self._nodes.setdefault(name, NodeInfo(name=name))
        node_facts(node, info)
        self._real[name] = True
        self._order = None
        return info

    def node_gone(self, name: str) -> None:
        """Drop a Node; pods that are still on it keep its entry alive, unseen by cycles."""
        self._real.pop(name, None)
        self._order = None
        if name in self._nodes and not self._nodes[name].pods:
            del self._nodes[name]

    def place(self, pod: PodInfo, node: str) -> None:
        """Count a pod in on a node."""
        self.withdraw(pod.key)
        self._nodes.setdefault(node, NodeInfo(name=node)).add(pod)
        self._where[pod.key] = node

    def withdraw(self, key: str) -> None:
        """Count a pod out, wherever it is."""
        node = self._where.pop(key, None)
        if node is not None:
            self._nodes[node].remove(key)

    def follow(self, change: Change) -> Happening | None:
        """Follow one change and return it in the scheduler's words, None if it helps nobody."""
        old, new = change.old, change.new
        if change.kind == "Namespace":
            self._namespaces.pop(change.key, None)
            if new is not None:
                self._namespaces[change.key] = new.metadata.labels
            return None
        if change.kind == "PodDisruptionBudget":
            self._budgets.pop(change.key, None)
            if isinstance(new, PodDisruptionBudget):
                self._budgets[change.key] = budget_info(new)
            return None
        if change.kind == "Node":
            if isinstance(new, Node):
                return Happening(node=self.node_changed(new))
            self.node_gone(change.key)
            return Happening(node_gone=True)
        if change.kind == "PersistentVolumeClaim":
            return Happening(claim=change.key) if new is not None else None
        if change.kind != "Pod":
            return None
        if isinstance(new, Pod) and is_placed(new):
            info = pod_info(new)
            self.place(info, new.spec.node_name)
            return None if is_placed(old) else Happening(pod_came=info)
        if isinstance(old, Pod) and is_placed(old):
            self.withdraw(change.key)
            return Happening(pod_gone=pod_info(old))
        return None

    def as_plain(self) -> dict[str, tuple[tuple[str, ...], dict[str, int]]]:
        """Return the contents in a comparable form, for the law that they equal a rebuild."""
        return {
            name: (
                tuple(sorted(info.pods)),
                {key: info.requested[key] for key in sorted(info.requested) if info.requested[key]},
            )
            for name, info in sorted(self._nodes.items())
            if info.pods or self._real.get(name)
        }
