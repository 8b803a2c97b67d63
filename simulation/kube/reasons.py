"""The catalogue of reasons: every sentence the cluster can say, as an English template.

The engine knows no language. A Reason is a key of this table with its parameters; the page
looks the template up in the reader's language. Keys are alphabetical within their section.
A parameter whose name ends in "bytes" is a size: whoever tells it writes 128Mi.
"""

MACHINES: dict[str, str] = {
    "cable-cut": "The cable between {a} and {b} was cut",
    "cable-healed": "The cable between {a} and {b} is whole again",
    "cable-delayed": "The cable between {a} and {b} takes {ms} ms longer, each way",
    "cable-held": "Everything between {a} and {b} waits on its way",
    "cable-lossy": "The cable between {a} and {b} loses {percent} percent of all packets",
    "cable-released": "What waited between {a} and {b} goes on",
    "container-killed": "A container of {pod} was killed",
    "disk-filled": "The disk of {node} was filled to {percent} percent by something else",
    "disk-healthy": "The disk of {node} is as fast as before",
    "disk-slow": "etcd on {node} needs {ms} ms per fsync now: its disk is slow",
    "election-timers-set": "The election timers of {members} were set to run out together",
    "machine-shutting-down": "{node} is being shut down",
    "memory-leaks": "{pod} takes {bytes} of memory more",
    "process-killed": "{process} on {node} was killed",
    "process-started": "{process} on {node} has started",
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
    "incoming-cut": "Nothing reaches {node} any more; what it sends still arrives",
    "incoming-delayed": "What is sent to {node} takes {ms} ms longer",
    "incoming-held": "What is sent to {node} waits on its way",
    "incoming-lossy": "Of what is sent to {node}, {percent} percent get lost",
    "network-cut": "The network of {node} was cut",
    "network-delayed": "The network of {node} takes {ms} ms longer, each way",
    "network-healed": "The network of {node} is back",
    "network-held": "Everything from and to {node} waits on its way",
    "network-lossy": "The network of {node} loses {percent} percent of all packets",
    "network-released": "What waited on its way from and to {node} goes on",
    "outgoing-cut": "Nothing that {node} sends arrives any more; it still hears the others",
    "outgoing-delayed": "What {node} sends takes {ms} ms longer",
    "outgoing-held": "What {node} sends waits on its way",
    "outgoing-lossy": "Of what {node} sends, {percent} percent get lost",
    "way-cut": "Nothing gets from {a} to {b} any more; the way back is open",
    "way-delayed": "What goes from {a} to {b} takes {ms} ms longer",
    "way-held": "What goes from {a} to {b} waits on its way",
    "way-lossy": "Of what goes from {a} to {b}, {percent} percent get lost",
}

CONTROL_PLANE: dict[str, str] = {
    "api-cache-lost": "The API server of {node} has heard nothing of etcd for {seconds} s: it closes all watches",
    "api-server-gave-up": "The API server of {node} ended: its etcd did not answer for a minute",
    "api-server-ready": "The API server of {node} has its etcd again and serves",
    "api-server-unwell": "The API server of {node} is restarted: without etcd it fails its liveness probe",
    "api-server-waits": "The API server of {node} starts and waits for etcd; it refuses connections",
    "etcd-leader-elected": "{node} was elected leader of etcd in term {term}",
    "etcd-leader-lost": "etcd has had no leader for seconds: nothing can be written",
    "etcd-split-vote": "Split vote in term {term}: {members} stood at the same time, and none got "
    "the {needed} votes that it takes",
    "late-write-applied": "A write of {client} that had timed out was applied after all, at index "
    "{index}",
    "late-write-lost": "A write of {client} that had timed out was never applied: no log holds it",
    "late-write-overwritten": "A write of {client} that had timed out was never applied: something "
    "else was committed at index {index}",
    "office-lost": "{office} on {node} could not renew its lease for 10 s and exits",
    "office-vacant": "{office} on {node} is gone; its lease runs for another {seconds} s",
    "office-taken": "{office} on {node} holds the lease now",
    "quorum-apart": "{up} of {members} members are up, but no {quorum} of them hear each other: "
    "nothing can be written",
    "quorum-lost": "{up} of {members} members are up, {quorum} are needed: nothing can be written",
    "quorum-restored": "{up} of {members} members are up: writing is possible again",
    "write-timed-out": "A write of {client} got no answer from etcd in time",
}

REFUSALS: dict[str, str] = {
    "cable-already-cut": "The cable between {a} and {b} is cut already",
    "cable-already-delayed": "The cable between {a} and {b} takes {ms} ms longer already",
    "cable-already-held": "Everything between {a} and {b} waits already",
    "cable-already-lossy": "The cable between {a} and {b} loses {percent} percent already",
    "cable-is-cut": "The cable between {a} and {b} is cut: nothing goes over it",
    "cable-not-held": "Nothing is held between {a} and {b}",
    "cable-to-itself": "{node} has no cable to itself",
    "cable-whole": "Nothing is wrong with the cable between {a} and {b}",
    "command-malformed": "This is not a command ClusterLab knows: {detail}",
    "command-too-large": "A command has at most {limit} characters; put what is longer into a file",
    "command-too-long": "A command has at most {limit} words",
    "container-not-running": "No container of {pod} is running",
    "delay-out-of-range": "A cable can be made 1 to {limit} ms slower",
    "disk-not-slow": "The disk of {node} is not slow",
    "entry-unknown": "The log has no entry {index}; those from {oldest} to {newest} can be opened",
    "fill-out-of-range": "A disk can be filled to 0 to 100 percent",
    "leak-out-of-range": "{node} has {limit_bytes} of memory; a program cannot take more than that",
    "machine-shutting-down-already": "{node} is being shut down already",
    "fsync-out-of-range": "An fsync can be made to take 1 to {limit} ms; 0 ends it",
    "loss-out-of-range": "A cable can lose 1 to 100 percent of all packets",
    "files-too-large": "The files are too large; {limit_bytes} is the limit",
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
    "network-already-cut": "The network of {node} is cut already",
    "network-already-delayed": "The network of {node} takes {ms} ms longer already",
    "network-already-held": "Everything from and to {node} waits already",
    "network-already-lossy": "The network of {node} loses {percent} percent already",
    "network-is-cut": "The network of {node} is cut: nothing gets there",
    "network-not-held": "Nothing from or to {node} is held",
    "network-whole": "Nothing is wrong with the network of {node}",
    "process-runs": "{process} on {node} runs already",
    "process-unknown": "There is no process called {process} on {node}",
    "session-unknown": "There is no such session",
    "split-vote-alone": "A split vote takes a majority of members that all hear each other; {up} do",
    "split-vote-too-far": "The members are too far apart to open a term at the same instant",
    "way-already-cut": "Nothing gets from {a} to {b} already",
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
    "daemonset-adopts": "The DaemonSet {owner} adopted the pod {name}: its labels match, and no "
    "controller had it",
    "daemonset-creates": "The DaemonSet {daemonset} wants a pod on {node} and found none",
    "daemonset-counted": "The DaemonSet {daemonset} counted its pods",
    "daemonset-deletes": "The DaemonSet {daemonset} has a pod on {node} that should not be there",
    "daemonset-releases": "The DaemonSet {owner} released the pod {name}: its labels no longer match",
    "daemonset-removes-failed": "The DaemonSet {daemonset} found its pod on {node} failed and "
    "deletes it",
    "deployment-adopts": "The Deployment {owner} adopted the ReplicaSet {name}: its labels match, "
    "and no controller had it",
    "deployment-counted": "The Deployment {deployment} counted its pods: {ready} of {wanted} ready",
    "deployment-releases": "The Deployment {owner} released the ReplicaSet {name}: its labels no "
    "longer match",
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
    "lease-not-renewed": "The kubelet of {node} renewed its lease for the last time ({since}); no "
    "heartbeat has come since",
    "node-found-silent": "The controller looks every {period} s and has noticed no heartbeat of "
    "{node} for {seconds} s; its limit is {limit} s",
    "node-not-ready": "Nothing was heard of {node} for more than {limit} s: it counts as NotReady",
    "node-tainted": "{node} got a taint that keeps new pods away",
    "node-tainted-no-execute": "{node} got the NoExecute taint: its pods are evicted when their "
    "tolerationSeconds are over",
    "node-untainted": "A taint of {node} was removed",
    "owner-finalized": "{name} waits for what it owns",
    "owner-gone": "What owned {name} was deleted",
    "pod-called-failed": "{pod} is about to be removed and is called Failed first",
    "pod-evicted": "{pod} was evicted: it tolerated the silence of {node} for {seconds} s",
    "pod-target-no-more": "{pod} was to be removed and was not: it counts as a target no more",
    "pod-marked": "{pod} was marked for eviction from {node}",
    "pod-not-ready-with-node": "{pod} counts as not ready, because {node} is not heard",
    "pod-out-of-service-removed": "{pod} was removed, because {node} is marked as out of service",
    "pod-terminated-removed": "{pod} had ended and was removed: at most {limit} of them are kept",
    "pod-unscheduled-removed": "{pod} was being deleted and had never been given a node",
    "pod-orphan-removed": "{pod} was removed, because the node {node} does not exist any more",
    "quota-refused": "The quota refused a pod: {text}",
    "replicaset-adopts": "The ReplicaSet {owner} adopted the pod {name}: its labels match, and no "
    "controller had it",
    "replicaset-counted": "The ReplicaSet {replicaset} counted {ready} ready pods of {wanted}",
    "replicaset-creates": "The ReplicaSet {replicaset} wanted {wanted} pods and counted {have}: "
    "it created one",
    "replicaset-deletes": "The ReplicaSet {replicaset} wanted {wanted} pods and counted {have}: "
    "it deleted one",
    "replicaset-releases": "The ReplicaSet {owner} released the pod {name}: its labels no longer "
    "match",
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
    "watching": "{command} goes on watching",
    "waiting-for-toleration": "waiting for tolerationSeconds on {node}, {limit} s in all",
}

WEB: dict[str, str] = {
    "frame-too-large": "That comes to {size} bytes, and {limit} is the most that is sent at once",
    "lab-stopped": "This lab has stopped after an error of ours; its journal is kept",
    "message-malformed": "This is not a message ClusterLab understands",
    "message-too-large": "The message has {size_bytes}; {limit_bytes} is the limit",
    "message-unknown": "This is neither a command nor a question",
    "nothing-due": "Nothing is due: nothing new will happen by itself",
    "only-looking": "This link only lets you look",
    "only-owner": "Only the owner of this lab may do that",
    "out-of-reach": "The lab cannot be reached at the moment; please try again",
    "moment-unknown": "The lab has not been at that moment yet.",
    "pace-malformed": "The lab cannot be played like that: {field}",
    "question-unknown": "There is no such question: {ask}",
    "too-frequent": "Too many messages at once; please wait a moment",
}

USERS: dict[str, str] = {
    "asked-in-vain": "{command} failed: {text}",
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
