"""The catalogue of reasons: every sentence the cluster can say, as an English template.

The engine knows no language. A Reason is a key of this table with its parameters; the page
looks the template up in the reader's language. Keys are alphabetical within their section.
A parameter whose name ends in "bytes" is a size: whoever tells it writes 128Mi.
"""

MACHINES: dict[str, str] = {
    "cable-cut": "The cable between {a} and {b} was cut",
    "cable-healed": "The cable between {a} and {b} is whole again",
    "cable-delayed": "The cable between {a} and {b} is {ms} ms slower in each direction",
    "cable-held": "All messages between {a} and {b} are held back",
    "cable-lossy": "The cable between {a} and {b} loses {percent} percent of all packets",
    "cable-released": "The messages held between {a} and {b} are delivered now",
    "container-killed": "A container of {pod} was killed",
    "disk-filled": "The disk of {node} was filled to {percent} percent by something else",
    "disk-healthy": "The disk of {node} is as fast as before",
    "disk-slow": "etcd on {node} needs {ms} ms per fsync now: its disk is slow",
    "election-timers-set": "The election timers of {members} were set to run out together",
    "load-unled": "No Ingress has a rule for {route}: requests there are answered with 404",
    "machine-shutting-down": "{node} is being shut down",
    "memory-leaks": "{pod} uses {bytes} more memory",
    "process-killed": "{process} on {node} was killed",
    "process-started": "{process} on {node} has started",
    "machine-back": "{node} has started again",
    "machine-booting": "{node} was switched on and is starting",
    "machine-off": "{node} was switched off",
    "member-joins": "{node} was plugged in and joins the control plane",
    "member-learns": "{node} is copying the log of the others; it has no vote yet",
    "member-leaves": "{node} is leaving the control plane",
    "member-promoted": "{node} has caught up and votes from now on",
    "member-removed": "{node} is no longer part of the control plane",
    "worker-added": "{node} was plugged in and is starting",
    "worker-removed": "{node} was removed for good",
    "incoming-cut": "Nothing reaches {node} any more; what it sends still arrives",
    "incoming-delayed": "Messages to {node} arrive {ms} ms later",
    "incoming-held": "All messages to {node} are held back",
    "incoming-lossy": "{percent} percent of the packets to {node} are lost",
    "network-cut": "The network of {node} was cut",
    "network-delayed": "The network of {node} is {ms} ms slower in each direction",
    "network-healed": "The network of {node} is back",
    "network-held": "All messages from and to {node} are held back",
    "network-lossy": "The network of {node} loses {percent} percent of all packets",
    "network-released": "The messages held from and to {node} are delivered now",
    "outgoing-cut": "Nothing that {node} sends arrives any more; it still hears the others",
    "outgoing-delayed": "Messages from {node} arrive {ms} ms later",
    "outgoing-held": "All messages from {node} are held back",
    "outgoing-lossy": "{percent} percent of the packets from {node} are lost",
    "way-cut": "Nothing gets from {a} to {b} any more; the way back is open",
    "way-delayed": "Messages from {a} to {b} arrive {ms} ms later",
    "way-held": "All messages from {a} to {b} are held back",
    "way-lossy": "{percent} percent of the packets from {a} to {b} are lost",
}

CONTROL_PLANE: dict[str, str] = {
    "api-cache-lost": "The API server of {node} has heard nothing from etcd for {seconds} s: it "
    "closes all watches",
    "api-server-gave-up": "The API server of {node} exited: its etcd did not answer for a minute",
    "api-server-ready": "The API server of {node} reaches its etcd again and serves requests",
    "api-server-unwell": "The API server of {node} is restarted: without etcd it fails its liveness probe",
    "api-server-waits": "The API server of {node} is starting and waits for etcd; until then it "
    "refuses connections",
    "etcd-leader-elected": "{node} was elected leader of etcd in term {term}",
    "etcd-leader-lost": "etcd has had no leader for several seconds: nothing can be written",
    "etcd-split-vote": "Split vote in term {term}: {members} stood for election at the same time, "
    "and none got the {needed} votes needed",
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
    "cable-already-cut": "The cable between {a} and {b} is already cut",
    "cable-already-delayed": "The cable between {a} and {b} is already {ms} ms slower",
    "cable-already-held": "All messages between {a} and {b} are already held back",
    "cable-already-lossy": "The cable between {a} and {b} already loses {percent} percent of all "
    "packets",
    "cable-is-cut": "The cable between {a} and {b} is cut: nothing goes over it",
    "cable-not-held": "Nothing is held between {a} and {b}",
    "cable-to-itself": "{node} has no cable to itself",
    "cable-whole": "Nothing is wrong with the cable between {a} and {b}",
    "command-malformed": "This is not a command ClusterLab knows: {detail}",
    "command-too-large": "A command can have at most {limit} characters; put anything longer into "
    "a file",
    "command-too-long": "A command can have at most {limit} words",
    "container-not-running": "No container of {pod} is running",
    "delay-out-of-range": "A cable can be made 1 to {limit} ms slower",
    "disk-not-slow": "The disk of {node} is not slow",
    "entry-unknown": "The log has no entry {index}; those from {oldest} to {newest} can be opened",
    "fill-out-of-range": "A disk can be filled to between 0 and 100 percent",
    "leak-out-of-range": "{node} has {limit_bytes} of memory; a program cannot use more than that",
    "machine-shutting-down-already": "{node} is already being shut down",
    "fsync-out-of-range": "An fsync can be made to take 1 to {limit} ms; 0 makes the disk fast "
    "again",
    "loss-out-of-range": "A cable can lose 1 to 100 percent of all packets",
    "files-too-large": "The files are too large; the limit is {limit_bytes}",
    "load-too-large": "{rps} requests a second are more than the {limit} that a lab can take",
    "machine-already-off": "{node} is already off, since {since}",
    "machine-already-on": "{node} is already on",
    "machine-removed": "There is no machine called {node} any more; it was removed at {since}",
    "machine-unknown": "There is no machine called {node}",
    "not-found": "{kind} {key} does not exist",
    "not-found-since": "{kind} {key} does not exist; it was deleted at {since}",
    "not-a-worker": "{node} is not a worker",
    "last-control-plane-node": "{node} is the only control plane node left",
    "members-changing": "{node} is still joining or leaving; one change at a time",
    "members-unhealthy": "Members that answer: {up}. Before another one can join, {needed} must",
    "members-without-quorum": "Without a quorum nobody can join or leave the control plane",
    "members-would-lose-quorum": "Of the members that would remain, {up} would answer, and "
    "{needed} must",
    "not-a-control-plane-node": "{node} is not a control plane node",
    "process-started-by-kubelet": "{process} on {node} is a static pod: its kubelet starts it again",
    "process-not-running": "{process} on {node} has not been running since {since}",
    "process-on-machine-off": "{node} is off: nothing runs on it",
    "network-already-cut": "The network of {node} is already cut",
    "network-already-delayed": "The network of {node} is already {ms} ms slower",
    "network-already-held": "All messages from and to {node} are already held back",
    "network-already-lossy": "The network of {node} already loses {percent} percent of all packets",
    "network-is-cut": "The network of {node} is cut: nothing gets through",
    "network-not-held": "Nothing from or to {node} is held",
    "network-whole": "Nothing is wrong with the network of {node}",
    "process-runs": "{process} on {node} is already running",
    "process-unknown": "There is no process called {process} on {node}",
    "session-unknown": "There is no such session",
    "split-vote-alone": "A split vote takes a majority of members that all hear each other; only "
    "{up} do",
    "split-vote-too-far": "The delays between the members are too long for them to begin a term "
    "at the same instant",
    "way-already-cut": "The way from {a} to {b} is already cut",
    "too-many-members": "A control plane can have at most {limit} members",
    "too-many-sessions": "At most {limit} commands can wait at the same time",
    "too-many-workers": "This lab has room for {limit} workers",
}

SCHEDULER: dict[str, str] = {
    "pod-preempted": "{pod} has to make room for {by}, whose priority is higher",
    "pod-scheduled": "{pod} was assigned to {node}",
    "pod-unschedulable": "No node fits {pod}",
}

KUBELETS: dict[str, str] = {
    "container-crashes": "A container of {pod} ended again; its restart waits {seconds} s, twice "
    "as long each time, up to 5 minutes",
    "image-pull-failed": "The image of {pod} cannot be pulled: {image}",
    "kubelet-mirrors": "The kubelet of {node} keeps {pod} in step with the file on its disk",
    "kubelet-removes": "All containers of {pod} on {node} have ended, so the kubelet removed the "
    "pod",
    "kubelet-reports": "The kubelet of {node} reported the status of {pod}",
    "node-ready-again": "The kubelet of {node} reported that the node is ready",
    "node-reports-pressure": "The kubelet of {node} reported which resource the machine is short "
    "of",
    "pod-sacrificed": "{node} was short of {resource}: its kubelet evicted {pod}",
    "node-reports-trouble": "The kubelet of {node} reported that the node is not ready: {trouble}",
    "node-registers": "The kubelet of {node} registered the node",
}

CONTROLLERS: dict[str, str] = {
    "budget-counted": "The PodDisruptionBudget {budget} counted {healthy} healthy pods and needs "
    "{desired}: it allows {allowed} disruptions",
    "budget-spent": "The eviction of {pod} used one disruption that the PodDisruptionBudget "
    "{budget} allowed",
    "daemonset-adopts": "The DaemonSet {owner} adopted the pod {name}: its labels match, and no "
    "controller had it",
    "daemonset-creates": "The DaemonSet {daemonset} found none of its pods on {node} and creates "
    "one",
    "daemonset-counted": "The DaemonSet {daemonset} counted its pods",
    "daemonset-deletes": "The DaemonSet {daemonset} found a pod on {node} that should not be "
    "there and deletes it",
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
    "endpoints-listed": "The Service {service} now lists {ready} ready endpoints",
    "endpoints-lost": "The Service {service} now lists only {ready} ready endpoints",
    "endpoints-noted": "The endpoints of the Service {service} were updated after a change of its "
    "pods",
    "lab-born": "It was there when the lab began",
    "listed": "It was there when the controller started",
    "kubernetes-service-listed": "The Service kubernetes now leads to the present control plane "
    "nodes",
    "kubernetes-service-restored": "The API servers created the Service kubernetes again, which "
    "leads to them",
    "namespace-furnished": "The namespace {namespace} got what every namespace has: a service "
    "account and the cluster's certificate",
    "ingress-addressed": "The Ingress {ingress} has an address: it can be reached from outside",
    "namespace-emptied": "The namespace {namespace} is being deleted, and everything in it",
    "lease-not-renewed": "The kubelet of {node} renewed its lease for the last time ({since}); no "
    "heartbeat has come since",
    "node-found-silent": "The controller looks every {period} s and has seen no heartbeat from "
    "{node} for {seconds} s; its limit is {limit} s",
    "node-deleted": "The machine {node} was removed, so its Node was deleted",
    "node-not-ready": "Nothing was heard from {node} for more than {limit} s: it is marked "
    "NotReady",
    "node-tainted": "{node} got a taint that keeps new pods away",
    "node-tainted-no-execute": "{node} got the NoExecute taint: its pods are evicted when their "
    "tolerationSeconds are over",
    "node-untainted": "A taint was removed from {node}",
    "owner-finalized": "{name} is deleted only after everything that it owns",
    "owner-gone": "The owner of {name} was deleted",
    "pod-called-failed": "{pod} is about to be removed and is marked Failed first",
    "pod-evicted": "{pod} was evicted from {node}: it tolerates the taint for {seconds} s",
    "pod-target-no-more": "{pod} was to be disrupted and was not: it is no longer marked as a "
    "DisruptionTarget",
    "pod-marked": "{pod} was marked for eviction from {node}",
    "pod-not-ready-with-node": "{pod} is marked not ready, because nothing is heard from {node}",
    "pod-out-of-service-removed": "{pod} was removed, because {node} is marked as out of service",
    "pod-terminated-removed": "{pod} had ended and was removed: at most {limit} ended pods are "
    "kept",
    "pod-unscheduled-removed": "{pod} was being deleted and never had a node: it was removed",
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
    "rollout-finished": "The rollout of {deployment} is complete: all its pods run the newest "
    "template",
    "rollout-history-cleaned": "{deployment} deleted old revisions beyond its revisionHistoryLimit",
    "rollout-returns": "{deployment} goes back to an earlier template",
    "rollout-revision": "{deployment} recorded its revision",
    "rollout-scales-new": "{deployment} scales the new {replicaset} from {from} to {to}",
    "rollout-scales-old": "{deployment} scales the old {replicaset} from {from} to {to}",
    "rollout-stuck": "The rollout of {deployment} made no progress within its deadline",
}

WAITS: dict[str, str] = {
    "waiting-for-answer": "waiting for an answer from etcd",
    "waiting-for-boot": "waiting for {node} to start",
    "waiting-for-goal": "waiting for the result of {command}",
    "waiting-for-image": "waiting for an image to be pulled on {node}",
    "waiting-for-lease": "waiting for the lease of {node} to run out, limit {limit} s",
    "waiting-for-office": "waiting for the lease of {office} to run out",
    "waiting-for-pull-again": "waiting to pull an image again on {node} (ImagePullBackOff)",
    "waiting-for-quorum": "waiting for a quorum of the control plane",
    "waiting-for-ready": "waiting for a container on {node} to be ready",
    "waiting-for-restart": "waiting to restart a container on {node} (CrashLoopBackOff)",
    "watching": "{command} keeps watching",
    "waiting-for-toleration": "waiting for tolerationSeconds on {node}, {limit} s in all",
}

WEB: dict[str, str] = {
    "frame-too-large": "That is {size} bytes; at most {limit} can be sent at once",
    "lab-stopped": "This lab was stopped by an error of ours; its journal is kept",
    "message-malformed": "This is not a message ClusterLab understands",
    "message-too-large": "The message has {size_bytes}; the limit is {limit_bytes}",
    "message-unknown": "This is neither a command nor a question",
    "nothing-due": "Nothing is due: nothing new will happen by itself",
    "only-looking": "This link only lets you look",
    "only-owner": "Only the owner of this lab may do that",
    "out-of-reach": "The lab cannot be reached at the moment; please try again",
    "moment-unknown": "The lab has not reached that moment yet",
    "pace-malformed": "The time of the lab cannot be set like that: {field}",
    "question-unknown": "There is no such question: {ask}",
    "too-frequent": "Too many messages at once; please wait a moment",
}

USERS: dict[str, str] = {
    "asked-in-vain": "{command} failed: {text}",
    "asked": "{command} was asked for by hand",
    "evicted-by-drain": "kubectl drain evicted {pod} from {node}",
    "users-fail": "Requests to {services} fail",
    "users-recover": "Requests to {services} no longer fail",
    "written-as-asked": "kubectl wrote {kind} {name}, as asked",
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
