"""The tables of the command line: which verbs there are, and which flags each has."""

GLOBAL = (
    "namespace:n= server:s= context= cluster= user= kubeconfig= request-timeout= v:v= help:h as= "
    "as-group= as-uid= as-user-extra=* token= insecure-skip-tls-verify warnings-as-errors match-server-version "
    "certificate-authority= client-certificate= client-key= tls-server-name= cache-dir= profile= profile-output= "
    "disable-compression log-flush-frequency= vmodule= username= password= kuberc="
)
PRINTING = "output:o= show-labels sort-by= no-headers template= show-managed-fields show-kind label-columns:L= allow-missing-template-keys=?"
FILES = "filename:f=* recursive:R kustomize:k="
DRY = "dry-run= field-manager="
VALIDATING = "validate="
SHOWING = "output:o= template= show-managed-fields allow-missing-template-keys=?"
CHOICE = "selector:l= all-namespaces:A all field-selector="
EDITING = f"{CHOICE} {FILES} {DRY} {SHOWING} overwrite=? resource-version= record local list"
MAKING = f"{DRY} {SHOWING} save-config"
CREATING = f"{MAKING} {VALIDATING}"
TEMPLATE = (
    "image=* port= labels:l= env=* command restart= expose annotations=* rm quiet:q stdin:i tty:t"
)
SETTING = f"{FILES} {DRY} {SHOWING} selector:l= all local record"

VERBS: dict[str, str] = {
    "annotate": EDITING,
    "api-resources": "namespaced=? api-group= verbs= no-headers output:o= sort-by= cached categories=",
    "api-versions": "",
    "apply": f"{FILES} {DRY} {SHOWING} {VALIDATING} openapi-patch=? subresource= selector:l= prune force server-side wait=? force-conflicts all timeout= cascade= overwrite=? grace-period= prune-allowlist= applyset=",
    "attach": "detach-keys= container:c= stdin:i tty:t quiet:q pod-running-timeout=",
    "auth": "",
    "auth can-i": "all-namespaces:A list quiet:q subresource= no-headers",
    "auth whoami": SHOWING,
    "autoscale": f"{MAKING} {FILES} min= max= cpu-percent= cpu= memory= name=",
    "cluster-info": "",
    "completion": "",
    "config": "",
    "config current-context": "",
    "config get-clusters": "",
    "config get-contexts": "no-headers output:o=",
    "config get-users": "",
    "config set-context": "current cluster= user= namespace=",
    "config use-context": "",
    "config view": f"minify raw flatten {SHOWING} merge=?",
    "cordon": "dry-run= selector:l=",
    "cp": "container:c= no-preserve retries=",
    "create": f"{FILES} {CREATING} edit raw= windows-line-endings selector:l=",
    "create clusterrole": f"{CREATING} verb=* resource=* resource-name=* non-resource-url=* aggregation-rule=*",
    "create clusterrolebinding": f"{CREATING} clusterrole= user=* group=* serviceaccount=*",
    "create configmap": f"{CREATING} from-literal=* from-file=* from-env-file=* append-hash",
    "create cronjob": f"{CREATING} image= schedule= restart=",
    "create deployment": f"{CREATING} image=* port= replicas:r=",
    "create ingress": f"{CREATING} rule=* class= default-backend= annotation=*",
    "create job": f"{CREATING} image= from=",
    "create namespace": CREATING,
    "create poddisruptionbudget": f"{CREATING} min-available= max-unavailable= selector=",
    "create priorityclass": f"{CREATING} value= global-default description= preemption-policy=",
    "create quota": f"{CREATING} hard= scopes=",
    "create role": f"{CREATING} verb=* resource=* resource-name=*",
    "create rolebinding": f"{CREATING} role= clusterrole= user=* group=* serviceaccount=*",
    "create secret": f"{CREATING} from-literal=* from-file=* from-env-file=* type= append-hash docker-server= docker-username= docker-password= docker-email= cert= key=",
    "create service": f"{CREATING} tcp=* node-port= clusterip= external-name=",
    "create serviceaccount": CREATING,
    "debug": "filename:f=* arguments-only custom= image-pull-policy= keep-annotations keep-init-containers=? keep-labels keep-liveness keep-readiness keep-startup set-image=* image= copy-to= container:c= stdin:i tty:t target= profile= attach quiet:q share-processes replace same-node env=*",
    "delete": f"{CHOICE} {FILES} now force grace-period= wait=? timeout= ignore-not-found cascade= output:o= dry-run= interactive:i raw=",
    "describe": "selector:l= all-namespaces:A show-events=? filename:f=* chunk-size= recursive:R kustomize:k=",
    "diff": f"{FILES} selector:l= server-side field-manager= force-conflicts prune concurrency= show-managed-fields prune-allowlist=* show-secrets",
    "drain": "ignore-daemonsets delete-emptydir-data force grace-period= timeout= "
    "selector:l= disable-eviction pod-selector= skip-wait-for-delete-timeout= dry-run= chunk-size=",
    "edit": f"{FILES} {SHOWING} field-manager= save-config subresource= record validate= output-patch windows-line-endings",
    "events": f"all-namespaces:A for= types= watch:w no-headers {SHOWING} chunk-size=",
    "exec": "container:c= stdin:i tty:t quiet:q filename:f=* pod-running-timeout=",
    "explain": "recursive:R api-version= output:o=",
    "expose": f"{MAKING} {FILES} name= port= target-port= protocol= type= selector= cluster-ip= labels:l= external-ip= load-balancer-ip= session-affinity= overrides= override-type=",
    "get": f"{PRINTING} selector:l= all-namespaces:A field-selector= {FILES} watch:w watch-only ignore-not-found chunk-size= "
    "output-watch-events raw= subresource= server-print=?",
    "kustomize": "output:o= enable-helm load-restrictor= as-current-user enable-alpha-plugins env:e=* helm-api-versions=* helm-command= helm-debug helm-kube-version= mount=* network network-name=",
    "label": EDITING,
    "logs": "follow:f previous:p container:c= tail= since= timestamps selector:l= all-containers prefix limit-bytes= since-time= max-log-requests= pod-running-timeout= all-pods ignore-errors insecure-skip-tls-verify-backend",
    "options": "",
    "patch": f"{FILES} patch:p= type= patch-file= subresource= {DRY} {SHOWING} local record",
    "plugin": "",
    "plugin list": "name-only",
    "port-forward": "address= pod-running-timeout=",
    "proxy": "port:p= address= api-prefix= www:w= accept-hosts= accept-paths= append-server-path disable-filter keepalive= reject-methods= reject-paths= unix-socket:u= www-prefix:P=",
    "replace": f"{FILES} force {DRY} {SHOWING} {VALIDATING} grace-period= timeout= wait cascade= save-config subresource= raw=",
    "rollout": "",
    "rollout history": f"{FILES} revision= selector:l= {SHOWING}",
    "rollout pause": f"{FILES} selector:l= field-manager= {SHOWING}",
    "rollout restart": f"{FILES} selector:l= field-manager= {SHOWING}",
    "rollout resume": f"{FILES} selector:l= field-manager= {SHOWING}",
    "rollout status": f"{FILES} watch:w=? timeout= revision= selector:l=",
    "rollout undo": f"{FILES} to-revision= dry-run= selector:l= {SHOWING}",
    "run": f"{MAKING} {TEMPLATE} detach-keys= {FILES} overrides= attach leave-stdin-open image-pull-policy= override-type= pod-running-timeout= privileged grace-period= force timeout= wait cascade=",
    "scale": f"{FILES} replicas= current-replicas= selector:l= all timeout= {SHOWING} dry-run= record resource-version=",
    "set": "",
    "set env": f"{SETTING} containers:c= env:e=* from= keys= prefix= list resolve overwrite=?",
    "set image": SETTING,
    "set resources": f"{SETTING} containers:c= limits= requests=",
    "taint": f"{DRY} {SHOWING} {VALIDATING} selector:l= all overwrite",
    "top": "",
    "top node": "selector:l= no-headers sort-by= show-capacity show-swap use-protocol-buffers",
    "top pod": "selector:l= all-namespaces:A containers no-headers sort-by= sum field-selector= show-swap use-protocol-buffers",
    "uncordon": "dry-run= selector:l=",
    "version": "client output:o=",
    "wait": f"{CHOICE} filename:f=* recursive:R for= timeout= {SHOWING} local",
}
"""Verb to its flags: "name:short" is a switch, "=" takes a value, "=*" may be repeated, "=?" is a
switch that can be switched off."""

GROUPS = ("auth", "config", "create", "plugin", "rollout", "set", "top")
"""Verbs that another word follows; `create` also stands alone, with -f."""

ALIASES = {
    "top nodes": "top node",
    "top no": "top node",
    "top pods": "top pod",
    "top po": "top pod",
    "create deploy": "create deployment",
    "create dep": "create deployment",
    "create cm": "create configmap",
    "create ns": "create namespace",
    "create svc": "create service",
    "create ing": "create ingress",
    "create cj": "create cronjob",
    "create sa": "create serviceaccount",
    "create pdb": "create poddisruptionbudget",
    "create pc": "create priorityclass",
    "create resourcequota": "create quota",
    "config use": "config use-context",
}

APPLY, EDIT, EACH_LINE = (
    "kubectl apply -f FILE",
    "kubectl edit",
    "-n NAMESPACE or --server cp-1 on each line",
)
NOT_HERE = {
    "alpha": "",
    "auth reconcile": APPLY,
    "certificate": "",
    "cluster-info dump": "kubectl get all -A",
    "config delete-cluster": "",
    "config delete-context": "",
    "config delete-user": "",
    "config rename-context": "",
    "config set": EACH_LINE,
    "config set-cluster": "",
    "config set-credentials": "",
    "config unset": "",
    "create token": "",
    "set selector": EDIT,
    "set serviceaccount": EDIT,
    "set subject": EDIT,
}
"""Commands that kubectl has and a lab has not, and what comes near."""
