"""The manifests that the smaller `create` commands write themselves.

Each takes the line and returns the manifest as kubectl would send it; nobody is asked here.
"""

import base64
import json
import re
from typing import Any

from simulation.kube.rules.quantities import parse
from simulation.kubectl.errors import CommandError, required, usage_of
from simulation.kubectl.numbers import is_whole, whole_number
from simulation.kubectl.parse import Call

Content = dict[str, Any]


def only_name(call: Call, skip: int = 0) -> str:
    """Return the NAME of a line, the first words left out; raise CommandError unless there is one."""
    names = call.args[skip:]
    if len(names) != 1:
        verb = " ".join((call.verb, *call.args[:skip]))
        raise usage_of(f"exactly one NAME is required, got {len(names)}", verb)
    return names[0]


def headed(api_version: str, kind: str, name: str, **rest: Any) -> Content:
    """Return a manifest with its first lines."""
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


def number_or_name(port: str) -> Content:
    """Return the port of a backend as an Ingress writes it."""
    return {"number": int(port)} if is_whole(port) else {"name": port}


def pairs(call: Call, flag: str) -> dict[str, str]:
    """Return KEY=VALUE of a flag; raise CommandError about what is none."""
    found: dict[str, str] = {}
    for each in call.every(flag):
        key, equals, value = each.partition("=")
        if not equals:
            raise CommandError(f"error: unexpected {flag} spec: {each}")
        found[key] = value
    return found


def _job_spec(call: Call, name: str) -> Content:
    container: Content = {"image": call.flag("image"), "name": name, "resources": {}}
    if call.after:
        container["command"] = list(call.after)
    restart = call.flag("restart") or ("Never" if call.verb == "create job" else "OnFailure")
    return {
        "template": {"metadata": {}, "spec": {"containers": [container], "restartPolicy": restart}}
    }


def job(call: Call) -> Content:
    """Return the Job that `create job` makes from an image."""
    name = only_name(call)
    return headed("batch/v1", "Job", name, spec=_job_spec(call, name))


def cronjob(call: Call) -> Content:
    """Return the CronJob of `create cronjob`."""
    missing = [each for each in ("image", "schedule") if not call.given(each)]
    if missing:
        raise required(*missing)
    name = only_name(call)
    template = {"metadata": {"name": name}, "spec": _job_spec(call, name)}
    spec = {"jobTemplate": template, "schedule": call.flag("schedule")}
    return headed("batch/v1", "CronJob", name, spec=spec)


def quota(call: Call) -> Content:
    """Return the ResourceQuota of `create quota`."""
    name = only_name(call)
    hard: dict[str, str] = {}
    for each in call.every("hard"):
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise CommandError(
                f"error: Invalid argument syntax {each}, expected <resource>=<value>"
            )
        try:
            parse(value)
        except ValueError as problem:
            # kubectl itself reads the amount, and does not say which one it could not.
            words = str(problem).rpartition('": ')[2]
            raise CommandError(f"error: {words}") from None
        hard[key] = value
    spec: Content = {"hard": hard} if hard else {}
    if call.every("scopes"):
        spec["scopes"] = list(call.every("scopes"))
    return headed("v1", "ResourceQuota", name, spec=spec)


def service_account(call: Call) -> Content:
    """Return the ServiceAccount of `create serviceaccount`."""
    return headed("v1", "ServiceAccount", only_name(call))


def registry_secret(call: Call) -> Content:
    """Return the Secret of `create secret docker-registry`: a ~/.docker/config.json."""
    name = only_name(call, 1)
    user, password = call.flag("docker-username"), call.flag("docker-password")
    server = call.flag("docker-server", "https://index.docker.io/v1/")
    if not (user and password and server):
        raise CommandError(
            "error: either --from-file or the combination of --docker-username, --docker-password "
            "and --docker-server is required"
        )
    entry = {"username": user, "password": password}
    if call.flag("docker-email"):
        entry["email"] = call.flag("docker-email")
    entry["auth"] = base64.b64encode(f"{user}:{password}".encode()).decode()
    config = json.dumps({"auths": {server: entry}}, separators=(",", ":"), ensure_ascii=False)
    data = {".dockerconfigjson": base64.b64encode(config.encode()).decode()}
    return headed("v1", "Secret", name, data=data, type="kubernetes.io/dockerconfigjson")


def disruption_budget(call: Call) -> Content:
    """Return the PodDisruptionBudget of `create poddisruptionbudget`."""
    name = only_name(call)
    if not call.given("selector"):
        raise CommandError("error: a selector must be specified")
    sides = [each for each in ("min-available", "max-unavailable") if call.given(each)]
    if len(sides) != 1:
        text = "one of min-available or max-unavailable must be specified"
        if sides:
            text = "min-available and max-unavailable cannot be both specified"
        raise CommandError(f"error: {text}")
    value = call.flag(sides[0])
    if re.fullmatch(r"[0-9]+%?", value) is None:
        raise CommandError(f"error: invalid format specified for {sides[0]}")
    field = "minAvailable" if sides[0] == "min-available" else "maxUnavailable"
    labels = dict(each.split("=", 1) for each in call.every("selector") if "=" in each)
    spec = {field: int(value) if is_whole(value) else value, "selector": {"matchLabels": labels}}
    return headed("policy/v1", "PodDisruptionBudget", name, spec=spec)


def priority_class(call: Call) -> Content:
    """Return the PriorityClass of `create priorityclass`."""
    name = only_name(call)
    content = headed(
        "scheduling.k8s.io/v1",
        "PriorityClass",
        name,
        value=whole_number(call.flag("value", "0"), "--value"),
        preemptionPolicy=call.flag("preemption-policy") or "PreemptLowerPriority",
    )
    if call.given("description"):
        content["description"] = call.flag("description")
    if call.on("global-default"):
        content["globalDefault"] = True
    return content


def _metric(name: str, text: str) -> Content:
    """Return what an autoscaler is to keep a resource at: 70% of the request, or an amount."""
    goal: Content = {"averageValue": text, "type": "AverageValue"}
    if text.endswith("%"):
        goal = {
            "averageUtilization": whole_number(text.removesuffix("%"), f"--{name}"),
            "type": "Utilization",
        }
    return {"resource": {"name": name, "target": goal}, "type": "Resource"}


def autoscaler(call: Call, target: Content, name: str) -> Content:
    """Return the HorizontalPodAutoscaler of `autoscale` for a workload."""
    highest = whole_number(call.flag("max"), "--max")
    lowest = whole_number(call.flag("min", "-1"), "--min")
    if highest < 1:
        raise CommandError(
            f"error: --max=MAXPODS is required and must be at least 1, max: {highest}"
        )
    if highest < lowest:
        raise CommandError(
            f"error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: {highest}, min: {lowest}"
        )
    spec: Content = {"maxReplicas": highest, "scaleTargetRef": target}
    if lowest > 0:
        spec["minReplicas"] = lowest
    percent = whole_number(call.flag("cpu-percent", "-1"), "--cpu-percent")
    wanted = {
        "cpu": f"{percent}%" if percent > 0 else call.flag("cpu"),
        "memory": call.flag("memory"),
    }
    metrics = [_metric(name, text) for name, text in wanted.items() if text]
    if metrics:
        spec["metrics"] = metrics
    return headed("autoscaling/v2", "HorizontalPodAutoscaler", call.flag("name") or name, spec=spec)


MADE = {
    "create cronjob": cronjob,
    "create poddisruptionbudget": disruption_budget,
    "create priorityclass": priority_class,
    "create quota": quota,
    "create serviceaccount": service_account,
}
"""Verb to who writes its manifest."""

SERVICE_TYPES = {
    "clusterip": "ClusterIP",
    "externalname": "ExternalName",
    "loadbalancer": "LoadBalancer",
    "nodeport": "NodePort",
}

EMPTY: dict[str, Content] = {
    "CronJob": {"status": {}},
    "HorizontalPodAutoscaler": {"status": {"currentMetrics": None, "desiredReplicas": 0}},
    "Deployment": {"status": {}},
    "Ingress": {"status": {"loadBalancer": {}}},
    "Job": {"status": {}},
    "Namespace": {"spec": {}, "status": {}},
    "Pod": {"status": {}},
    "PodDisruptionBudget": {
        "status": {
            "currentHealthy": 0,
            "desiredHealthy": 0,
            "disruptionsAllowed": 0,
            "expectedPods": 0,
        }
    },
    "ResourceQuota": {"status": {}},
    "Service": {"status": {"loadBalancer": {}}},
}
"""What Go prints of the fields that were not set, in `--dry-run=client -o yaml`."""
