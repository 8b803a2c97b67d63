"""The catalogue of reasons: every sentence the cluster can say, as an English template.

The engine knows no language. A Reason is a key of this table with its parameters; the page
looks the template up in the reader's language. Keys are alphabetical within their section.
"""

MACHINES: dict[str, str] = {
    "cable-cut": "The cable between {a} and {b} was cut",
    "cable-healed": "The cable between {a} and {b} is whole again",
    "container-killed": "A container of {pod} was killed",
    "machine-back": "{node} has started again",
    "machine-booting": "{node} was switched on and is starting",
    "machine-off": "{node} was switched off",
    "worker-added": "{node} was plugged in and is starting",
    "worker-removed": "{node} was taken away for good",
    "network-cut": "The network of {node} was cut",
    "network-healed": "The network of {node} is back",
}

CONTROL_PLANE: dict[str, str] = {
    "etcd-leader-elected": "{node} was elected leader of etcd in term {term}",
    "etcd-leader-lost": "etcd has no leader",
    "late-write-applied": "A write of {client} that had timed out was applied after all",
    "office-lost": "{office} on {node} lost its lease",
    "office-taken": "{office} on {node} holds the lease now",
    "quorum-lost": "{up} of {members} members are up, {quorum} are needed: nothing can be written",
    "quorum-restored": "{up} of {members} members are up: writing is possible again",
    "write-timed-out": "A write of {client} got no answer from etcd in time",
}

REFUSALS: dict[str, str] = {
    "cable-already-cut": "The cable between {a} and {b} is cut already",
    "cable-not-cut": "The cable between {a} and {b} is not cut",
    "cable-to-itself": "{node} has no cable to itself",
    "command-malformed": "This is not a command ClusterLab knows: {detail}",
    "command-too-long": "A command has at most {limit} words",
    "container-not-running": "No container of {pod} is running",
    "files-too-large": "The files are too large; {limit} bytes is the limit",
    "load-too-large": "{rps} requests a second are more than the {limit} a lab can be asked for",
    "machine-already-off": "{node} is off already, since {since}",
    "machine-already-on": "{node} is on already",
    "machine-unknown": "There is no machine called {node}",
    "not-found": "{kind} {key} does not exist",
    "not-found-since": "{kind} {key} does not exist; it was deleted at {since}",
    "not-a-worker": "{node} is not a worker",
    "session-unknown": "There is no such session",
    "too-many-members": "A control plane has at most {limit} members",
    "too-many-sessions": "At most {limit} commands can wait at the same time",
    "too-many-workers": "This lab has room for {limit} workers",
}

SCHEDULER: dict[str, str] = {
    "pod-preempted": "{pod} has to make room for {by}, whose priority is higher",
    "pod-scheduled": "{pod} was assigned to {node}",
    "pod-unschedulable": "No node fits {pod}",
}

KUBELETS: dict[str, str] = {
    "kubelet-mirrors": "The kubelet of {node} keeps {pod} in step with the file on its disk",
    "kubelet-removes": "Everything of {pod} has ended on {node}, so its kubelet removed it",
    "kubelet-reports": "The kubelet of {node} reported what became of {pod}",
    "node-ready-again": "The kubelet of {node} reported that the node is ready",
    "node-registers": "The kubelet of {node} registered the node",
}

USERS: dict[str, str] = {
    "asked": "Somebody asked for it: {command}",
}

REASONS: dict[str, str] = {
    **MACHINES,
    **CONTROL_PLANE,
    **REFUSALS,
    **SCHEDULER,
    **KUBELETS,
    **USERS,
}
