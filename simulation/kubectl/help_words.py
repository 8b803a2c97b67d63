"""The words of kubectl's help: what each command does, and lines to try.

What a command does is said as kubectl says it (the `Short` of each command in
k8s.io/kubectl/pkg/cmd). The examples are ours: each works in the lab as it opens,
after a rollout where one has to be there.
"""

DOES: dict[str, str] = {
    "annotate": "Update the annotations on a resource",
    "api-resources": "Print the supported API resources on the server",
    "api-versions": 'Print the supported API versions on the server, in the form of "group/version"',
    "apply": "Apply a configuration to a resource by file name or stdin",
    "attach": "Attach to a running container",
    "auth": "Inspect authorization",
    "auth can-i": "Check whether an action is allowed",
    "auth whoami": "Experimental: Check self subject attributes",
    "autoscale": "Auto-scale a deployment, replica set, stateful set, or replication controller",
    "cluster-info": "Display cluster information",
    "completion": "Output shell completion code for the specified shell (bash, zsh, fish, or "
    "powershell)",
    "config": "Modify kubeconfig files",
    "config current-context": "Display the current-context",
    "config get-clusters": "Display clusters defined in the kubeconfig",
    "config get-contexts": "Describe one or many contexts",
    "config get-users": "Display users defined in the kubeconfig",
    "config set-context": "Set a context entry in kubeconfig",
    "config use-context": "Set the current-context in a kubeconfig file",
    "config view": "Display merged kubeconfig settings or a specified kubeconfig file",
    "cordon": "Mark node as unschedulable",
    "cp": "Copy files and directories to and from containers",
    "create": "Create a resource from a file or from stdin",
    "create clusterrole": "Create a cluster role",
    "create clusterrolebinding": "Create a cluster role binding for a particular cluster role",
    "create configmap": "Create a config map from a local file, directory or literal value",
    "create cronjob": "Create a cron job with the specified name",
    "create deployment": "Create a deployment with the specified name",
    "create ingress": "Create an ingress with the specified name",
    "create job": "Create a job with the specified name",
    "create namespace": "Create a namespace with the specified name",
    "create poddisruptionbudget": "Create a pod disruption budget with the specified name",
    "create priorityclass": "Create a priority class with the specified name",
    "create quota": "Create a quota with the specified name",
    "create role": "Create a role with single rule",
    "create rolebinding": "Create a role binding for a particular role or cluster role",
    "create secret": "Create a secret using a specified subcommand",
    "create service": "Create a service using a specified subcommand",
    "create serviceaccount": "Create a service account with the specified name",
    "debug": "Create debugging sessions for troubleshooting workloads and nodes",
    "delete": "Delete resources by file names, stdin, resources and names, or by resources and "
    "label selector",
    "describe": "Show details of a specific resource or group of resources",
    "diff": "Diff the live version against a would-be applied version",
    "drain": "Drain node in preparation for maintenance",
    "edit": "Edit a resource on the server",
    "events": "List events",
    "exec": "Execute a command in a container",
    "explain": "Get documentation for a resource",
    "expose": "Take a replication controller, service, deployment or pod and expose it as a new "
    "Kubernetes service",
    "get": "Display one or many resources",
    "kustomize": "Build a kustomization target from a directory or URL",
    "label": "Update the labels on a resource",
    "logs": "Print the logs for a container in a pod",
    "options": "Print the list of flags inherited by all commands",
    "patch": "Update fields of a resource",
    "plugin": "Provides utilities for interacting with plugins",
    "plugin list": "List all visible plugin executables on a user's PATH",
    "port-forward": "Forward one or more local ports to a pod",
    "proxy": "Run a proxy to the Kubernetes API server",
    "replace": "Replace a resource by file name or stdin",
    "rollout": "Manage the rollout of a resource",
    "rollout history": "View rollout history",
    "rollout pause": "Mark the provided resource as paused",
    "rollout restart": "Restart a resource",
    "rollout resume": "Resume a paused resource",
    "rollout status": "Show the status of the rollout",
    "rollout undo": "Undo a previous rollout",
    "run": "Run a particular image on the cluster",
    "scale": "Set a new size for a deployment, replica set, or replication controller",
    "set": "Set specific features on objects",
    "set env": "Update environment variables on a pod template",
    "set image": "Update the image of a pod template",
    "set resources": "Update resource requests/limits on objects with pod templates",
    "taint": "Update the taints on one or more nodes",
    "top": "Display resource (CPU/memory) usage",
    "top node": "Display resource (CPU/memory) usage of nodes",
    "top pod": "Display resource (CPU/memory) usage of pods",
    "uncordon": "Mark node as schedulable",
    "version": "Print the client and server version information",
    "wait": "Experimental: Wait for a specific condition on one or many resources",
}
"""What each command does."""

DEPLOYMENT = "https://k8s.io/examples/application/deployment.yaml"
"""A manifest of the Kubernetes documentation that every lab knows by its address."""

TRY: dict[str, tuple[tuple[str, str], ...]] = {
    "annotate": (("Note something on a deployment", "annotate deployment web owner=shop"),),
    "api-resources": (("List the kinds that there are", "api-resources"),),
    "api-versions": (("List the groups and their versions", "api-versions"),),
    "apply": (("Apply an example of the Kubernetes documentation", f"apply -f {DEPLOYMENT}"),),
    "auth can-i": (("Check whether pods may be created", "auth can-i create pods"),),
    "auth whoami": (("Print who you are to the API server", "auth whoami"),),
    "autoscale": (
        ("Store an autoscaler between 2 and 8 pods", "autoscale deployment cart --min=2 --max=8"),
    ),
    "cluster-info": (("Print where the control plane is", "cluster-info"),),
    "config current-context": (("Print the current context", "config current-context"),),
    "config get-clusters": (("List the clusters that kubectl knows", "config get-clusters"),),
    "config get-contexts": (("List all contexts", "config get-contexts"),),
    "config get-users": (("List the users that kubectl knows", "config get-users"),),
    "config view": (("Print how kubectl reaches the cluster", "config view"),),
    "cordon": (("Let no new pod come to worker-3", "cordon worker-3"),),
    "create": (
        ("Create a deployment of 3 pods", "create deployment hello --image=nginx --replicas=3"),
        ("Create what a manifest holds", f"create -f {DEPLOYMENT}"),
    ),
    "create clusterrole": (
        ("Let nodes be read", "create clusterrole node-reader --verb=get,list --resource=nodes"),
    ),
    "create clusterrolebinding": (
        (
            "Let ann read everything",
            "create clusterrolebinding ann-views --clusterrole=view --user=ann",
        ),
    ),
    "create configmap": (
        ("Keep one setting", "create configmap colours --from-literal=theme=dark"),
    ),
    "create cronjob": (
        (
            "Store a job for every five minutes",
            'create cronjob tick --image=busybox --schedule="*/5 * * * *" -- date',
        ),
    ),
    "create deployment": (
        ("Create a deployment of 3 pods", "create deployment hello --image=nginx --replicas=3"),
        (
            "Print its manifest and create nothing",
            "create deployment hello --image=nginx --dry-run=client -o yaml",
        ),
    ),
    "create ingress": (
        ("Lead a host to a service", 'create ingress cart --rule="cart.local/*=cart:80"'),
    ),
    "create job": (("Store a job", "create job once --image=busybox -- date"),),
    "create namespace": (("Create a namespace", "create namespace test"),),
    "create poddisruptionbudget": (
        (
            "Keep 3 pods of cart while machines are drained",
            "create poddisruptionbudget cart --selector=app=cart --min-available=3",
        ),
    ),
    "create priorityclass": (("Create a priority", "create priorityclass urgent --value=1000"),),
    "create quota": (("Store a quota", "create quota small --hard=pods=10"),),
    "create role": (
        ("Let pods be read", "create role pod-reader --verb=get,list,watch --resource=pods"),
    ),
    "create rolebinding": (
        ("Let ann edit this namespace", "create rolebinding ann --clusterrole=edit --user=ann"),
    ),
    "create secret": (
        ("Keep a password", "create secret generic login --from-literal=password=s3cret"),
    ),
    "create service": (
        ("Create a service for pods with app=web", "create service clusterip web-too --tcp=80"),
    ),
    "create serviceaccount": (("Create a service account", "create serviceaccount robot"),),
    "delete": (
        ("Delete a pod that nobody replaces", "delete pod report"),
        ("Delete all pods of web, and see new ones come", "delete pods -l app=web"),
    ),
    "describe": (
        ("Describe a node and what runs on it", "describe node worker-1"),
        ("Describe the pods of cart", "describe pods -l app=cart"),
    ),
    "diff": (("Compare a manifest with what there is", f"diff -f {DEPLOYMENT}"),),
    "drain": (
        (
            "Empty worker-3, also of pods that nobody replaces",
            "drain worker-3 --ignore-daemonsets --force",
        ),
    ),
    "edit": (("Open a deployment in the editor", "edit deployment web"),),
    "events": (("List what happened to a deployment", "events --for deployment/web"),),
    "exec": (
        ("Ask for a name from inside a pod", "exec deploy/web -- nslookup cart"),
        ("Ask a service from inside a pod", "exec report -- curl -s http://cart/"),
    ),
    "explain": (
        ("Say what a pod consists of", "explain pod.spec"),
        ("Say what one field means", "explain deployment.spec.strategy"),
    ),
    "expose": (("Give web a second service", "expose deployment web --name=web-too --port=80"),),
    "get": (
        ("List pods and the nodes they run on", "get pods -o wide"),
        ("List the common kinds of all namespaces", "get all -A"),
    ),
    "label": (("Label a pod", "label pod report team=blue"),),
    "logs": (
        ("Print the log of a pod", "logs report"),
        ("Print the last lines of all pods of cart", "logs -l app=cart --tail=5"),
    ),
    "options": (("Print the flags of all commands", "options"),),
    "patch": (
        ("Change the size of cart", """patch deployment cart -p '{"spec":{"replicas":5}}'"""),
    ),
    "plugin list": (),
    "replace": (
        (
            "Replace a deployment by itself",
            "get deployment cart -o yaml | kubectl replace -f -",
        ),
    ),
    "rollout history": (("List the revisions of web", "rollout history deployment/web"),),
    "rollout pause": (("Hold the rollout of web", "rollout pause deployment/web"),),
    "rollout restart": (("Replace the pods of web one by one", "rollout restart deployment/web"),),
    "rollout resume": (("Let a rollout that was paused go on", "rollout resume deployment/web"),),
    "rollout status": (("Follow the rollout of web", "rollout status deployment/web"),),
    "rollout undo": (("Go back to the revision before", "rollout undo deployment/web"),),
    "run": (
        ("Run a pod that nobody replaces", "run hello --image=nginx"),
        ("Print its manifest and run nothing", "run hello --image=nginx --dry-run=client -o yaml"),
    ),
    "scale": (("Have 8 pods of web", "scale deployment web --replicas=8"),),
    "set env": (("Set a variable, which begins a rollout", "set env deployment/web COLOUR=blue"),),
    "set image": (
        ("Roll out version 1.5 of web", "set image deployment/web web=shop.local/web:1.5"),
    ),
    "set resources": (
        (
            "Ask for more memory, which begins a rollout",
            "set resources deployment/web --requests=memory=128Mi",
        ),
    ),
    "taint": (("Keep pods away from worker-1", "taint nodes worker-1 dedicated=shop:NoSchedule"),),
    "top node": (("Show what the nodes use", "top node"),),
    "top pod": (("Show which pods use most CPU", "top pod --sort-by=cpu"),),
    "uncordon": (("Let pods come to worker-3 again", "uncordon worker-3"),),
    "version": (("Print the versions", "version"),),
    "wait": (
        (
            "Wait until all pods of web are ready",
            "wait pods -l app=web --for=condition=Ready --timeout=60s",
        ),
    ),
}
"""Lines to try, without their "kubectl", and what for."""

GROUPED: tuple[tuple[str, str], ...] = (
    ("Basic Commands (Beginner)", "create expose run set"),
    ("Basic Commands (Intermediate)", "explain get edit delete"),
    ("Deploy Commands", "rollout scale autoscale"),
    ("Cluster Management Commands", "cluster-info top cordon uncordon drain taint"),
    (
        "Troubleshooting and Debugging Commands",
        "describe logs exec auth events",
    ),
    ("Advanced Commands", "diff apply patch replace wait"),
    ("Settings Commands", "label annotate"),
    ("Other Commands", "api-resources api-versions config plugin version"),
)
"""The commands that work here in the groups and the order of pkg/cmd/cmd.go."""
