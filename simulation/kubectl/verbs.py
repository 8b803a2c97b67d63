"""The tables of the command line: which verbs there are, and which flags each has."""

GLOBAL = (
    "namespace:n= server:s= context= cluster= user= kubeconfig= request-timeout= v:v= help:h as= "
    "as-group= as-uid= token= insecure-skip-tls-verify warnings-as-errors match-server-version "
    "certificate-authority= client-certificate= client-key= tls-server-name= cache-dir= profile= "
    "disable-compression log-flush-frequency= vmodule= username= password= kuberc="
)
PRINTING = "output:o= show-labels sort-by= no-headers template= show-managed-fields show-kind label-columns:L= allow-missing-template-keys=?"
FILES = "filename:f=* recursive:R kustomize:k="
DRY = "dry-run= field-manager= validate="
CHOICE = "selector:l= all-namespaces:A all field-selector="
EDITING = f"{CHOICE} {FILES} {DRY} output:o= overwrite=? resource-version= record local list"
CREATING = f"{DRY} output:o= save-config template= show-managed-fields allow-missing-template-keys=?"
TEMPLATE = "image=* port= replicas:r= labels:l= env=* command restart= expose annotations= rm quiet:q stdin:i tty:t"
SETTING = f"{FILES} {DRY} selector:l= output:o= all local record"

VERBS: dict[str, str] = {
    "annotate": EDITING,
    "api-resources": "namespaced=? api-group= verbs= no-headers output:o= sort-by= cached categories=",
    "api-versions": "",
    "apply": f"{FILES} {DRY} output:o= selector:l= prune force server-side wait=? force-conflicts all timeout= cascade= overwrite=? grace-period= prune-allowlist= applyset= show-managed-fields",
    "attach": "container:c= stdin:i tty:t quiet:q pod-running-timeout=",
    "auth": "",
    "auth can-i": "all-namespaces:A list quiet:q subresource= no-headers",
    "auth whoami": "output:o=",
    "autoscale": f"{CREATING} {FILES} min= max= cpu-percent= cpu= memory= name=",
    "cluster-info": "",
    "completion": "",
    "config": "",
    "config current-context": "",
    "config get-clusters": "",
    "config get-contexts": "no-headers output:o=",
    "config get-users": "",
    "config set-context": "current",
    "config use-context": "",
    "config view": "minify raw flatten output:o= merge=?",
    "cordon": f"{DRY} selector:l=",
    "cp": "container:c= no-preserve retries=",
    "create": f"{FILES} {CREATING} edit raw= windows-line-endings selector:l=",
    "create configmap": f"{CREATING} from-literal=* from-file=* from-env-file=* append-hash",
    "create cronjob": f"{CREATING} image= schedule= restart=",
    "create deployment": f"{CREATING} {TEMPLATE}",
    "create ingress": f"{CREATING} rule=* class= default-backend= annotation=*",
    "create job": f"{CREATING} image= from=",
    "create namespace": CREATING,
    "create poddisruptionbudget": f"{CREATING} min-available= max-unavailable= selector:l=",
    "create priorityclass": f"{CREATING} value= global-default description= preemption-policy=",
    "create quota": f"{CREATING} hard= scopes=",
    "create secret": f"{CREATING} from-literal=* from-file=* from-env-file=* type= append-hash docker-server= docker-username= docker-password= docker-email= cert= key=",
    "create service": f"{CREATING} tcp=* node-port= clusterip= external-name=",
    "create serviceaccount": CREATING,
    "debug": "image= copy-to= container:c= stdin:i tty:t target= profile= attach quiet:q share-processes replace same-node env=*",
    "delete": f"{CHOICE} {FILES} now force grace-period= wait=? timeout= ignore-not-found cascade= output:o= dry-run= interactive:i raw=",
    "describe": "selector:l= all-namespaces:A show-events=? filename:f=* chunk-size= recursive:R kustomize:k=",
    "diff": f"{FILES} selector:l= server-side field-manager= force-conflicts prune concurrency= show-managed-fields",
    "drain": "ignore-daemonsets delete-emptydir-data delete-local-data force grace-period= timeout= "
    "selector:l= disable-eviction pod-selector= skip-wait-for-delete-timeout= dry-run= chunk-size=",
    "edit": f"{FILES} output:o= save-config subresource= record validate= show-managed-fields output-patch windows-line-endings",
    "events": "all-namespaces:A for= types= watch:w no-headers output:o= chunk-size=",
    "exec": "container:c= stdin:i tty:t quiet:q filename:f=* pod-running-timeout=",
    "explain": "recursive api-version= output:o=",
    "expose": f"{CREATING} {FILES} name= port= target-port= protocol= type= selector:l= cluster-ip= labels= external-ip= load-balancer-ip= session-affinity= overrides=",
    "get": f"{PRINTING} {CHOICE} {FILES} watch:w watch-only ignore-not-found chunk-size= "
    "output-watch-events raw= subresource= server-print=?",
    "kustomize": "output:o= enable-helm load-restrictor=",
    "label": EDITING,
    "logs": "follow:f previous:p container:c= tail= since= timestamps selector:l= all-containers prefix limit-bytes= since-time= max-log-requests= pod-running-timeout= all-pods ignore-errors insecure-skip-tls-verify-backend",
    "options": "",
    "patch": f"{FILES} patch:p= type= patch-file= subresource= {DRY} output:o= local record",
    "plugin": "",
    "plugin list": "name-only",
    "port-forward": "address= pod-running-timeout=",
    "proxy": "port:p= address= api-prefix= www= accept-hosts=",
    "replace": f"{FILES} force {DRY} output:o= grace-period= timeout= wait cascade= save-config subresource= raw=",
    "rollout": "",
    "rollout history": f"{FILES} revision= selector:l= output:o=",
    "rollout pause": f"{FILES} selector:l= output:o=",
    "rollout restart": f"{FILES} selector:l= output:o=",
    "rollout resume": f"{FILES} selector:l= output:o=",
    "rollout status": f"{FILES} watch:w=? timeout= revision= selector:l=",
    "rollout undo": f"{FILES} to-revision= dry-run= selector:l= output:o=",
    "run": f"{CREATING} {TEMPLATE} overrides= attach leave-stdin-open image-pull-policy= override-type= pod-running-timeout= privileged grace-period= force timeout= wait cascade=",
    "scale": f"{FILES} replicas= current-replicas= selector:l= all timeout= output:o= dry-run= record resource-version=",
    "set": "",
    "set env": f"{SETTING} container:c= env:e=* from= keys= prefix= list resolve overwrite=?",
    "set image": SETTING,
    "set resources": f"{SETTING} container:c= limits= requests=",
    "taint": f"{DRY} selector:l= all overwrite output:o=",
    "top": "",
    "top node": "selector:l= no-headers sort-by= show-capacity show-swap use-protocol-buffers",
    "top pod": "selector:l= all-namespaces:A containers no-headers sort-by= sum field-selector= show-swap use-protocol-buffers",
    "uncordon": f"{DRY} selector:l=",
    "version": "client output:o=",
    "wait": f"{CHOICE} {FILES} for= timeout= output:o= local",
}
"""Verb to its flags: "name:short" is a switch, "=" takes a value, "=*" may be repeated, "=?" is a
switch that can be switched off."""

GROUPS = ("auth", "config", "create", "plugin", "rollout", "set", "top")
"""Verbs that another word follows; `create` also stands alone, with -f."""

ALIASES = {
    "top nodes": "top node", "top no": "top node", "top pods": "top pod", "top po": "top pod",
    "create deploy": "create deployment", "create dep": "create deployment",
    "create cm": "create configmap", "create ns": "create namespace",
    "create svc": "create service", "create ing": "create ingress", "create cj": "create cronjob",
    "create sa": "create serviceaccount", "create pdb": "create poddisruptionbudget",
    "create pc": "create priorityclass", "create resourcequota": "create quota",
    "config use": "config use-context",
}

APPLY, EDIT, EACH_LINE = "kubectl apply -f FILE", "kubectl edit", "-n NAMESPACE or --server cp-1 on each line"
NOT_HERE = {
    "alpha": "", "auth reconcile": APPLY, "certificate": "", "cluster-info dump": "kubectl get all -A",
    "config delete-cluster": "", "config delete-context": "", "config delete-user": "",
    "config rename-context": "", "config set": EACH_LINE, "config set-cluster": "",
    "config set-credentials": "", "config unset": "",
    "create clusterrole": APPLY, "create clusterrolebinding": APPLY, "create role": APPLY,
    "create rolebinding": APPLY, "create token": "",
    "set selector": EDIT, "set serviceaccount": EDIT, "set subject": EDIT,
}
"""Commands that kubectl has and a lab has not, and what comes near."""
