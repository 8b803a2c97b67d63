"""Asks the ingress rules where requests of ingress.json go."""

from typing import Any

from simulation.kube.network.flows import ANSWERS, Target, solve
from simulation.kube.rules.routing import PREFIX, Rule, route

Given = dict[str, Any]


def _rules(ingresses: list[Given]) -> list[Rule]:
    rules = []
    for ingress in ingresses:
        if ingress.get("default_backend"):
            rules.append(Rule("", "/", PREFIX, ingress["default_backend"], default=True))
        rules += [
            Rule(rule.get("host") or "", path["path"], path["type"], path["backend"])
            for rule in ingress["rules"]
            for path in rule["paths"]
        ]
    return rules


def routed(given: Given) -> Given:
    request = given["request"]
    found = route(_rules(given["ingresses"]), request["host"], request["path"])
    return {"backend": found.backend if found else None, "status": 200 if found else 404}


def ingress_class(given: Given) -> Given:
    return {"address_assigned": given["ingress_class_name"] in given["existing_classes"]}


def load_balancing(given: Given) -> Given:
    pods = [Target(f"pod-{n}", ANSWERS) for n in range(given["backend_ready_pods"])]
    rates = solve(given["requests"] * 1000, pods)
    return {
        "status_of_every_response": 200 if rates.ok == rates.total() else 500,
        "distinct_pods_that_answered": sum(rate > 0 for _, rate in rates.pods),
    }


ADAPTERS = {
    "route": routed,
    "ingress_class": ingress_class,
    "load_balancing": load_balancing,
}
