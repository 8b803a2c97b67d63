"""Which backend an Ingress sends a request to.

Follows the Ingress documentation and ingress-nginx: hosts first (exact before wildcard before
none), then paths (longest first, Exact before Prefix).
"""

from simulation.kernel.records import Record

EXACT = "Exact"
PREFIX = "Prefix"


class Rule(Record):
    """One host and path, and where it leads."""

    host: str
    path: str
    path_type: str
    backend: str
    default: bool = False
    """A default backend: taken when nothing else matches."""


def elements(path: str) -> list[str]:
    """Split a path; trailing slashes do not count."""
    return path.rstrip("/").split("/")


def path_matches(rule: str, path_type: str, request: str) -> bool:
    """Tell whether a rule's path means a request's path."""
    if path_type == EXACT:
        return rule == request
    wanted = elements(rule or "/")
    if path_type == PREFIX:
        return elements(request)[: len(wanted)] == wanted
    return request.startswith(rule or "/")


def host_rank(rule: str, request: str) -> int:
    """Return how well a rule's host fits: 3 exactly, 2 by wildcard, 1 any host, 0 not at all."""
    request = request.lower().split(":")[0]
    rule = rule.lower()
    if not rule:
        return 1
    if rule == request:
        return 3
    if rule.startswith("*."):
        label, _, domain = request.partition(".")
        return 2 if label and domain == rule[2:] else 0
    return 0


def _order(rule: Rule, host: str) -> tuple[int, int, bool]:
    length = len(rule.path.rstrip("/"))
    return host_rank(rule.host, host), length, rule.path_type == EXACT


def route(rules: list[Rule], host: str, path: str) -> Rule | None:
    """Return the rule that a request meets, or None."""
    best_host = max((host_rank(each.host, host) for each in rules if not each.default), default=0)
    meant = [
        each
        for each in rules
        if not each.default
        and host_rank(each.host, host) == best_host > 0
        and path_matches(each.path, each.path_type, path)
    ]
    if meant:
        return max(meant, key=lambda each: _order(each, host))
    return next((each for each in rules if each.default), None)
