"""Two sentences for every term on the screen: what a term's tooltip says, in English.

The page asks for them when its first picture stands, so that they are no part of its first load.
"""

TERMS: dict[str, tuple[str, str]] = {
    "process": (
        "Process",
        "A program on a machine. It can die alone: what it looked after goes on without it, and the "
        "rest of the machine notices nothing.",
    ),
    "add-worker": (
        "Add a worker",
        "One more machine is plugged in and boots. Its kubelet registers it as a Node, and new pods "
        "may be placed on it.",
    ),
    "remove-worker": (
        "Take a node out",
        "Its Node object is deleted and the machine is taken away. Its pods are collected as garbage "
        "and replaced elsewhere.",
    ),
    "add-control-plane": (
        "Add a control plane node",
        "Its etcd joins as a learner and gets a vote when it has caught up. An even number needs a "
        "larger quorum and survives no more failures.",
    ),
    "remove-control-plane": (
        "Take a control plane node out",
        "Its member leaves etcd first, so the quorum is counted anew. Then the machine and its Node "
        "go.",
    ),
    "timeline": (
        "Timeline",
        "Drag along it to look at an earlier moment; the lab goes on meanwhile. Where you look and "
        "how fast the lab runs are two different things.",
    ),
    "mark-bad": (
        "Red diamond",
        "Something went wrong at this moment. Page Up and Page Down lead from mark to mark.",
    ),
    "mark-good": (
        "Green triangle",
        "Something recovered at this moment. Page Up and Page Down lead from mark to mark.",
    ),
    "mark-info": (
        "Purple square",
        "Something changed at this moment, for better or worse. Page Up and Page Down lead from mark "
        "to mark.",
    ),
    "control-plane": (
        "Control plane node",
        "A node that runs the API server, etcd, the scheduler and the controllers. Once called "
        "master; courses still use the old name.",
    ),
    "worker": (
        "Worker node",
        "A machine that runs pods. Its kubelet reports to the API and starts what the API assigns to "
        "it.",
    ),
    "quorum": (
        "Quorum",
        "More than half of etcd's members must agree before anything is written. Three members may "
        "lose one, and so may four; five may lose two.",
    ),
    "term": (
        "Term",
        "Each election of etcd begins a new term, a number that only grows. The ring counts down to "
        "the next election; every heartbeat of the leader winds it up again.",
    ),
    "log": (
        "Log",
        "Every write is an entry of this list, copied to all members. Solid entries are committed by "
        "a majority, dashed ones are not yet.",
    ),
    "role-leader": (
        "Leader",
        "The one member that takes writes and copies them to the others. There is at most one in a "
        "term.",
    ),
    "role-follower": (
        "Follower",
        "A member that takes what the leader sends. If it hears nothing for its timeout, it asks for "
        "an election.",
    ),
    "role-candidate": (
        "Candidate",
        "A member that asks the others for their votes. With more than half of them it becomes the "
        "leader.",
    ),
    "role-pre-candidate": (
        "Pre-candidate",
        "A member that asks whether it could win before it disturbs anybody. Only then does it raise "
        "the term.",
    ),
    "role-learner": (
        "Learner",
        "A new member that copies the log and has no vote yet. It is promoted when it has caught up.",
    ),
    "role-down": (
        "Down",
        "This member does not answer. The others go on as long as they are more than half.",
    ),
    "office-etcd": (
        "etcd's leader",
        "etcd's members elect one leader among themselves. It is a different office from those of the "
        "scheduler and the controllers, and may sit elsewhere.",
    ),
    "office-kube-scheduler": (
        "The scheduler's lease",
        "Several schedulers run, but only the holder of this Lease works. If it stops renewing for 15 "
        "s, another takes over.",
    ),
    "office-kube-controller-manager": (
        "The controllers' lease",
        "Several controller managers run, but only the holder of this Lease works. If it stops "
        "renewing for 15 s, another takes over.",
    ),
    "api": (
        "Kubernetes API",
        "The one door: kubelets, controllers and you all go through it, at one address. Nothing is "
        "pushed to a worker; kubelets learn by watching the API.",
    ),
    "queue": (
        "Scheduling queue",
        "Pods that have no node yet. The scheduler takes them one by one and binds each to a node "
        "that fits.",
    ),
    "internet": (
        "Internet",
        "The users of this lab. Their requests are counted whether they are answered, slow or failed.",
    ),
    "ingress": (
        "Ingress",
        "Rules that lead a host and a path to a Service. The ingress controller, itself a pod, reads "
        "them and sends requests straight to pods.",
    ),
    "no-controller": (
        "No ingress controller",
        "The rules of the Ingress are stored, but no pod that follows them is ready: every request "
        "from outside fails. Services and pods behind it may be well; inside the cluster they are "
        "still reached.",
    ),
    "service": (
        "Service",
        "A name and a list of ready pods that its label selector finds. Requests do not pass through "
        "it, so it is drawn as a list beside the line.",
    ),
    "endpoint": (
        "Endpoint",
        "One ready pod in a Service's list. A pod that is not ready is taken off the list and gets no "
        "requests.",
    ),
    "selector": (
        "Label selector",
        "Key and value that a pod's labels must have. Every pod that has them belongs to it, "
        "whatever its name.",
    ),
    "requested": (
        "Requested",
        "What the pods on this node have reserved: the only thing the scheduler looks at. It may be "
        "far from what is used.",
    ),
    "used": (
        "Used",
        "What the processes on this machine really use now. The scheduler does not see it.",
    ),
    "silent": (
        "Silence",
        "How long ago the last heartbeat of the kubelet came. The controller counts from the look at "
        "which it saw that one; after more than 50 s by its count the node turns NotReady (40 s "
        "before v1.32, as older courses teach).",
    ),
    "heartbeat": (
        "Heartbeat",
        "A sign of life: every 10 s a kubelet renews its Lease in the API. Members of etcd have "
        "heartbeats of their own, every 100 ms from their leader.",
    ),
    "kubelet": (
        "kubelet",
        "The program on each node that starts and stops its pods, and reports how they are. It reads "
        "from the API what it is to do.",
    ),
    "controller": (
        "Controller",
        "A loop that compares what is with what should be, and writes what is missing. It knows only "
        "what the API says.",
    ),
    "scheduler": (
        "Scheduler",
        "It chooses a node for each pod that has none, by what pods request. It starts nothing: that "
        "is the kubelet's work.",
    ),
    "noexecute": (
        "NoExecute",
        "The strongest effect of a taint: it also drives out pods that already run here. A pod "
        "that tolerates it stays for its tolerationSeconds.",
    ),
    "toleration": (
        "Toleration",
        "A pod's permission to stay on a node in spite of a taint. tolerationSeconds says for how "
        "long; by default it is 300 s on a node from which nothing is heard.",
    ),
    "evicted": (
        "Eviction",
        "The API is told to delete a pod because of its node. It is not moved: its controller makes "
        "another one, with another name.",
    ),
    "replicaset": (
        "ReplicaSet",
        "A controller's object that keeps a number of like pods. If one is missing it makes another, "
        "if there is one too many it deletes it.",
    ),
    "pod": (
        "Pod",
        "One or more containers that run together on one node. A pod is never moved: what replaces it "
        "is another pod with another name.",
    ),
    "bare-pod": (
        "Bare pod",
        "A pod that no controller counts. When it is gone, nobody makes another.",
    ),
    "cluster-ip": (
        "Cluster IP",
        "The one address of a Service inside the cluster. No machine has it: kube-proxy on each node "
        "sends what goes there to one of the endpoints.",
    ),
    "committed": (
        "Committed",
        "More than half of etcd's members have the entry on disk. From then on it is never lost.",
    ),
    "zone": (
        "Zone",
        "Machines that may fail together, such as those of one building. When most nodes of a zone "
        "are lost, evictions slow down or stop.",
    ),
    "millicores": (
        "CPU in thousandths",
        "1000m is one core. A pod that requests 250m gets at least a quarter of a core's time.",
    ),
    "lease": (
        "Lease",
        "A small object that a kubelet renews every 10 s: its heartbeat. If it is not renewed for 50 "
        "s (40 s before v1.32), the node turns NotReady.",
    ),
    "notready": (
        "NotReady",
        "How kubectl prints a node whose condition Ready is False or Unknown. The machine may be off, "
        "or only unheard.",
    ),
    "taint": (
        "Taint",
        "A mark on a node that keeps pods away, or drives them out with NoExecute. A pod with a "
        "matching toleration may stay, for the time that it names.",
    ),
    "cordon": (
        "Cordoned",
        "No new pods are placed here. Those that run go on.",
    ),
    "cut": (
        "Network cut",
        "The machine runs, but no message gets in or out. For the cluster that looks the same as a "
        "machine that is off.",
    ),
    "failed": (
        "Failed requests",
        "Users who got no answer: nobody listed, nobody there, or nothing within 3 s. The chart says "
        "which.",
    ),
    "requests": (
        "Requests per second",
        "Answered, slow and failed requests, stacked. Slow means answered after another pod had to be "
        "tried.",
    ),
    "replicas": (
        "Replicas: ready / wanted",
        "How many pods of this kind are ready, and how many the Deployment asks for. Its ReplicaSet "
        "makes or deletes pods until both are equal.",
    ),
    "deployment": (
        "Deployment",
        "Says which pods there should be and how many. It keeps one ReplicaSet per revision and "
        "shifts pods from the old to the new one.",
    ),
    "owner": (
        "Owner",
        "The controller that counts this pod. A pod without an owner is never made again.",
    ),
    "restarts": (
        "Restarts",
        "How often the kubelet has started a container of this pod again. The pod keeps its name and "
        "its node.",
    ),
    "phase-ok": (
        "Ready",
        "It runs and its readiness probe succeeds. It is on the lists of its Services.",
    ),
    "phase-start": (
        "Starting",
        "It has a node, but is not ready. The image is being pulled, or the readiness probe does not "
        "succeed yet.",
    ),
    "phase-pend": (
        "Pending",
        "It has no node yet. It waits in the scheduling queue.",
    ),
    "phase-bad": (
        "Failing",
        "Its container ends again and again, or its image cannot be pulled. The kubelet tries again, "
        "each time a little later.",
    ),
    "phase-gone": (
        "Terminating",
        "It was told to stop. It disappears when its kubelet confirms that it has.",
    ),
    "phase-ghost": (
        "Ghost",
        "The API still lists it, but its machine does not run it. Belief and reality differ until the "
        "cluster finds out.",
    ),
    "three-clocks": (
        "Three clocks",
        "The machine, what the cluster believes of it, and what users feel: three clocks that do not "
        "agree. They are about the latest fault, and red while it still hurts.",
    ),
    "machine-clock": (
        "Machine",
        "How long the machine has really been off or cut off. Nobody in the cluster knows this "
        "directly.",
    ),
    "belief-clock": (
        "Cluster believes",
        "What the API says of the node. It changes when the controller has counted more than 50 s "
        "without a heartbeat (40 s before v1.32), and pods are evicted 300 s later.",
    ),
    "users-clock": (
        "Users",
        "Requests that failed or were slow because of the fault. Where other replicas are left that "
        "ends when the node's pods are off the lists, minutes before any replacement exists; a "
        "Service that had a single replica fails until its new pod is ready.",
    ),
    "power-off": (
        "Power off",
        "The machine stops at once, without a word to anybody. Its pods are gone; the API does not "
        "know yet.",
    ),
    "power-on": (
        "Power on",
        "The machine starts, and its kubelet registers again. Pods that were evicted meanwhile do not "
        "come back to it.",
    ),
    "vote": (
        "Vote",
        "Each member has one vote in each term, and keeps it on disk. So two leaders in one term are "
        "impossible.",
    ),
    "election-timer": (
        "Election timer",
        "A member that hears no leader for so long asks for an election. Each draws its own time, "
        "1 to 2 s, so that they seldom stand for election at once.",
    ),
    "cable": (
        "Cable",
        "The way between two machines. It can be cut, one way only too, made slow or lossy, or held; "
        "everything else in the cluster follows from who still hears whom.",
    ),
    "delay": (
        "Delay",
        "Every message on this cable arrives later. Beyond the election timeout of a second, members "
        "of etcd take a slow leader for a dead one.",
    ),
    "loss": (
        "Loss",
        "Some packets never arrive and are sent again, later each time. So loss shows as delay; a "
        "cable that loses nearly all carries nothing.",
    ),
    "hold": (
        "Hold",
        "Messages wait on their way until they are released. Nobody can tell them from lost ones, "
        "until they arrive.",
    ),
    "release": (
        "Release",
        "What waited goes on, in its order. Old messages of an old leader may be among it; terms tell "
        "them apart.",
    ),
    "slow-disk": (
        "Slow disk",
        "etcd answers only when its disk has written. A leader that waits too long for its disk "
        "misses its heartbeats and is replaced.",
    ),
    "split-vote": (
        "Split vote",
        "All election timers run out together, every member votes for itself, and nobody has a "
        "majority. Random timers make the next round different.",
    ),
    "cut-cable": (
        "Cut the cable",
        "Nothing goes between these two machines any more. Both still reach the others, and the "
        "others reach both.",
    ),
    "heal-cable": (
        "Heal the cable",
        "Whatever was done to this one cable ends. Messages between its two machines get through "
        "again, in time and all of them.",
    ),
    "heal": (
        "Heal the network",
        "Messages get through again. The kubelet hears what it missed, and stops pods that were "
        "deleted meanwhile.",
    ),
    "kill-container": (
        "Kill a container",
        "The process ends, and the kubelet starts it again: same pod, same name, RESTARTS + 1. Each "
        "time it waits longer.",
    ),
    "delete-pod": (
        "Delete the pod",
        "No fault but an API call: the pod is told to stop. Its ReplicaSet counts one too few and "
        "makes another, with a new name.",
    ),
    "auto": (
        "Auto",
        "1× while there is something to see, else faster, at most 60×, to the next event. Touching "
        "the speed leaves Auto.",
    ),
    "speed": (
        "Lab speed",
        "Lab seconds per second of yours. The cluster does not notice; its periods are the real ones.",
    ),
    "pause": (
        "Pause",
        "Stops time in the lab for everybody who watches it. Nothing is lost: it goes on from the "
        "same moment.",
    ),
    "step": (
        "Step",
        "Plays on to the next notable event and stops there. So a story can be told one event at a "
        "time.",
    ),
    "lab-time": (
        "Lab time",
        "How long this lab has been open, in its own time. It is not the time of day.",
    ),
    "etcd": (
        "etcd",
        "The database of Kubernetes, kept identical on several members by Raft. All that the "
        "cluster believes is stored there.",
    ),
}
