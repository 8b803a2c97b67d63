"""The catalogue of reasons: every sentence the cluster can say, as an English template.

The engine knows no language. A Reason is a key of this table with its parameters; the page
looks the template up in the reader's language. Keys are alphabetical within their section.
"""

MACHINES: dict[str, str] = {
    "cable-cut": "The cable between {a} and {b} was cut",
    "cable-healed": "The cable between {a} and {b} is whole again",
    "container-killed": "A container of {pod} was killed",
    "disk-filled": "The disk of {node} was filled to {percent} percent by something else",
    "machine-shutting-down": "{node} is being shut down",
    "memory-leaks": "{pod} takes {bytes} bytes of memory more",
    "process-killed": "{process} on {node} was killed",
    "process-started": "{process} on {node} runs again",
    "machine-back": "{node} has started again",
    "machine-booting": "{node} was switched on and is starting",
    "machine-off": "{node} was switched off",
    "member-joins": "{node} was plugged in and joins the control plane",
    "member-learns": "{node} learns what the others hold; it has no vote yet",
    "member-leaves": "{node} is leaving the control plane",
    "member-promoted": "{node} has caught up and votes from now on",
    "member-removed": "{node} belongs to the control plane no more",
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
    "entry-unknown": "The log has no entry {index}; those from {oldest} to {newest} can be opened",
    "fill-out-of-range": "A disk can be filled to 0 to 100 percent",
    "leak-out-of-range": "{node} has {limit} bytes of memory; a program cannot take more than that",
    "machine-shutting-down-already": "{node} is being shut down already",
    "files-too-large": "The files are too large; {limit} bytes is the limit",
    "load-too-large": "{rps} requests a second are more than the {limit} a lab can be asked for",
    "machine-already-off": "{node} is off already, since {since}",
    "machine-already-on": "{node} is on already",
    "machine-unknown": "There is no machine called {node}",
    "not-found": "{kind} {key} does not exist",
    "not-found-since": "{kind} {key} does not exist; it was deleted at {since}",
    "not-a-worker": "{node} is not a worker",
    "last-control-plane-node": "{node} is the only control plane node that is left",
    "members-changing": "{node} is still joining or leaving; one change at a time",
    "members-unhealthy": "{up} members answer; {needed} have to before another one may join",
    "members-without-quorum": "Without a quorum nobody can join or leave the control plane",
    "members-would-lose-quorum": "Of those that would be left {up} answer, and {needed} must",
    "not-a-control-plane-node": "{node} is not a control plane node",
    "process-started-by-kubelet": "{process} on {node} is a static pod: its kubelet starts it again",
    "process-not-running": "{process} on {node} does not run, since {since}",
    "process-on-machine-off": "{node} is off, and nothing runs there",
    "process-runs": "{process} on {node} runs already",
    "process-unknown": "There is no process called {process} on {node}",
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
    "node-reports-pressure": "The kubelet of {node} reported what the machine is short of",
    "pod-sacrificed": "{node} was short of {resource}: its kubelet evicted {pod}",
    "node-reports-trouble": "The kubelet of {node} reported that the node is not ready: {trouble}",
    "node-registers": "The kubelet of {node} registered the node",
}

CONTROLLERS: dict[str, str] = {
    "budget-counted": "The budget {budget} counted {healthy} healthy pods and needs {desired}: "
    "{allowed} may be missing on purpose",
    "budget-spent": "The budget {budget} paid for the eviction of {pod}",
    "daemonset-creates": "The DaemonSet {daemonset} wants a pod on {node} and found none",
    "daemonset-counted": "The DaemonSet {daemonset} counted its pods",
    "daemonset-deletes": "The DaemonSet {daemonset} has a pod on {node} that should not be there",
    "deployment-counted": "The Deployment {deployment} counted its pods: {ready} of {wanted} ready",
    "deployment-scaled": "The Deployment {deployment} scales {replicaset} from {from} to {to}",
    "endpoints-dropped": "The Service {service} is gone, and its endpoints with it",
    "endpoints-listed": "The Service {service} lists {ready} ready endpoints now",
    "endpoints-lost": "The Service {service} lists only {ready} ready endpoints now",
    "endpoints-noted": "The Service {service} noted a change of its pods",
    "lab-born": "The lab began with it",
    "listed": "It was there when the controller started",
    "namespace-furnished": "Every namespace has an account and a certificate: {namespace} got them",
    "ingress-addressed": "The Ingress {ingress} can be reached from outside",
    "namespace-emptied": "The namespace {namespace} is being deleted, and everything in it",
    "node-not-ready": "Nothing was heard of {node} for more than {limit} s: it counts as NotReady",
    "node-tainted": "{node} got a taint that keeps new pods away",
    "node-tainted-no-execute": "{node} got the NoExecute taint: its pods are evicted when their "
    "tolerationSeconds are over",
    "node-untainted": "A taint of {node} was removed",
    "owner-finalized": "{name} waits for what it owns",
    "owner-gone": "What owned {name} was deleted",
    "pod-evicted": "{pod} was evicted: it tolerated the silence of {node} for {seconds} s",
    "pod-target-no-more": "{pod} was to be removed and was not: it counts as a target no more",
    "pod-marked": "{pod} was marked for eviction from {node}",
    "pod-not-ready-with-node": "{pod} counts as not ready, because {node} is not heard",
    "pod-out-of-service-removed": "{pod} was removed, because {node} is marked as out of service",
    "pod-terminated-removed": "{pod} had ended and was removed: at most {limit} of them are kept",
    "pod-unscheduled-removed": "{pod} was being deleted and had never been given a node",
    "pod-orphan-removed": "{pod} was removed, because the node {node} does not exist any more",
    "quota-refused": "The quota refused a pod: {text}",
    "replicaset-counted": "The ReplicaSet {replicaset} counted {ready} ready pods of {wanted}",
    "replicaset-creates": "The ReplicaSet {replicaset} wanted {wanted} pods and counted {have}: "
    "it created one",
    "replicaset-deletes": "The ReplicaSet {replicaset} wanted {wanted} pods and counted {have}: "
    "it deleted one",
    "rollout-begins": "A new template: {deployment} begins a rollout with {replicaset}",
    "rollout-history-cleaned": "{deployment} keeps only so many old revisions",
    "rollout-revision": "{deployment} noted its revision",
    "rollout-scales-new": "{deployment} scales the new {replicaset} from {from} to {to}",
    "rollout-scales-old": "{deployment} scales the old {replicaset} from {from} to {to}",
}

WAITS: dict[str, str] = {
    "waiting-for-answer": "waiting for an answer of etcd",
    "waiting-for-backoff": "waiting for the back-off of a container on {node}",
    "waiting-for-boot": "waiting for {node} to start",
    "waiting-for-goal": "waiting for what {command} asked for",
    "waiting-for-image": "waiting for an image on {node}",
    "waiting-for-lease": "waiting for the lease of {node} to run out, limit {limit} s",
    "waiting-for-office": "waiting for the lease of {office} to run out",
    "waiting-for-quorum": "waiting for a quorum of the control plane",
    "waiting-for-ready": "waiting for a container on {node} to be ready",
    "waiting-for-toleration": "waiting for tolerationSeconds on {node}, {limit} s in all",
}

WEB: dict[str, str] = {
    "lab-stopped": "This lab has stopped after an error of ours; its journal is kept",
    "message-malformed": "This is not a message ClusterLab understands",
    "message-too-large": "The message has {size} bytes; {limit} is the limit",
    "message-unknown": "This is neither a command nor a question",
    "only-looking": "This link only lets you look",
    "out-of-reach": "The lab cannot be reached at the moment; please try again",
    "moment-unknown": "The lab has not been at that moment yet.",
    "pace-malformed": "The lab cannot be played like that: {field}",
    "question-unknown": "There is no such question: {ask}",
    "too-frequent": "Too many messages at once; please wait a moment",
}

USERS: dict[str, str] = {
    "asked": "Somebody asked for it: {command}",
    "evicted-by-drain": "kubectl drain evicted {pod} from {node}",
    "written-as-asked": "kubectl wrote {kind} {name}, as it was asked to",
}

REASONS: dict[str, str] = {
    **MACHINES,
    **CONTROL_PLANE,
    **REFUSALS,
    **SCHEDULER,
    **KUBELETS,
    **CONTROLLERS,
    **WAITS,
    **WEB,
    **USERS,
}
