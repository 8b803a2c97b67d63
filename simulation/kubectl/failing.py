"""What `kubectl create` says about an object of its own making that the API server refuses.

Most subcommands wrap the answer ("failed to create deployment: …"), and by that forget that it came
from a server; namespaces, roles and cluster roles hand it on as it is, as `run`, `expose` and
`autoscale` do. Follows staging/src/k8s.io/kubectl/pkg/cmd/create/create_*.go.
"""

from simulation.kubectl.made import SERVICE_TYPES
from simulation.kubectl.parse import Call
from simulation.kubectl.resources import Resource

WRAPPED = {
    "create clusterrolebinding": "clusterrolebinding: ",
    "create configmap": "configmap: ",
    "create cronjob": "cronjob: ",
    "create deployment": "deployment: ",
    "create ingress": "ingress: ",
    "create job": "job: ",
    "create poddisruptionbudget": "poddisruptionbudgets: ",
    "create priorityclass": "priorityclass: ",
    "create quota": "quota: ",
    "create rolebinding": "rolebinding: ",
    "create secret": "secret ",
    "create service": "{type} service: ",
    "create serviceaccount": "serviceaccount: ",
}
"""Verb to what stands between "failed to create" and the server's answer."""

FROM_SERVER = "Error from server"


def wrapped(call: Call, resource: Resource, text: str) -> str:
    """Return what a command prints whose object was refused with these words of kubectl."""
    what = WRAPPED.get(call.verb)
    is_invalid = text.startswith(f"The {resource.kind} ")
    if what is None or not (is_invalid or text.startswith(FROM_SERVER)):
        return text
    if call.verb == "create service":
        what = what.format(type=SERVICE_TYPES[call.args[0]])
    answer = _status(resource, text) if is_invalid else text.partition(": ")[2]
    return f"error: failed to create {what}{answer}"


def _status(resource: Resource, text: str) -> str:
    """Return the API server's own words about an invalid object, which kubectl had rearranged."""
    head, *each = text.split("\n* ")
    group = f".{resource.group}" if resource.group else ""
    answer = resource.kind + group + head.removeprefix(f"The {resource.kind}")
    return f"{answer}[{', '.join(each)}]" if each else answer
