"""Label selectors and node selector terms, compiled so that matching is one loop.

A requirement that Kubernetes would reject (a value that is no label value, `Exists` with values)
makes its whole term match nothing, as in the API machinery.
"""

import re

from simulation.kernel.records import Record

LABEL_VALUE = re.compile(r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")
LABEL_KEY = re.compile(
    r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
)
LABEL_VALUE_LENGTH_MAX = 63
INTEGER = re.compile(r"^[+-]?[0-9]+$")
NAME_FIELD = "metadata.name"
INT64 = 1 << 63


class Requirement(Record):
    """One expression of a selector."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: dict[str, str]) -> bool:
        """Tell whether these labels satisfy the expression."""
        value = labels.get(self.key)
        if self.operator in ("In", "Equal"):
            return value is not None and value in self.values
        if self.operator == "NotIn":
            return value is None or value not in self.values
        if self.operator == "Exists":
            return value is not None
        if self.operator == "DoesNotExist":
            return value is None
        found = None if value is None else integer(value)
        bound = integer(self.values[0])
        if found is None or bound is None:
            return False
        return found > bound if self.operator == "Gt" else found < bound

    def is_valid(self) -> bool:
        """Tell whether Kubernetes would accept the expression."""
        if LABEL_KEY.match(self.key) is None:
            return False
        if self.operator in ("Exists", "DoesNotExist"):
            return not self.values
        if self.operator in ("Gt", "Lt"):
            return len(self.values) == 1 and integer(self.values[0]) is not None
        return bool(self.values) and all(map(is_label_value, self.values))


def integer(text: str) -> int | None:
    """Return the number that a text is; None for what Go's int64 cannot hold."""
    if INTEGER.match(text) is None:
        return None
    number = int(text)
    return number if -INT64 <= number < INT64 else None


def is_label_value(text: str) -> bool:
    """Tell whether a text may be the value of a label."""
    return len(text) <= LABEL_VALUE_LENGTH_MAX and LABEL_VALUE.match(text) is not None


class Selector(Record):
    """All requirements must hold; none at all matches everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: dict[str, str]) -> bool:
        """Tell whether these labels are selected."""
        return all(requirement.matches(labels) for requirement in self.requirements)

    def is_valid(self) -> bool:
        """Tell whether Kubernetes would accept the selector."""
        return all(requirement.is_valid() for requirement in self.requirements)

    def and_labels(self, labels: dict[str, str]) -> "Selector":
        """Return the selector that asks for these labels as well."""
        return Selector(self.requirements + selector_of(labels).requirements)


def selector_of(match_labels: dict[str, str]) -> Selector:
    """Return the selector that asks for exactly these labels."""
    return Selector(tuple(Requirement(key, "In", (match_labels[key],)) for key in match_labels))


class NodeTerm(Record):
    """One alternative of a node selector: its labels and fields must all match."""

    expressions: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()

    def matches(self, name: str, labels: dict[str, str]) -> bool:
        """Tell whether a node of this name and these labels is meant; an empty term means none."""
        if not self.expressions and not self.fields:
            return False
        return all(
            expression.is_valid() and expression.matches(labels) for expression in self.expressions
        ) and all(
            field.key == NAME_FIELD
            and len(field.values) == 1
            and field.operator in ("In", "NotIn")
            and (name == field.values[0]) == (field.operator == "In")
            for field in self.fields
        )

    def is_valid(self) -> bool:
        """Tell whether Kubernetes would accept the term."""
        return all(expression.is_valid() for expression in self.expressions)

    def named_nodes(self) -> tuple[str, ...] | None:
        """Return the only nodes the fields allow, sorted; None if they allow any."""
        allowed: tuple[str, ...] | None = None
        for field in self.fields:
            if field.key == NAME_FIELD and field.operator == "In":
                allowed = tuple(
                    sorted(name for name in field.values if allowed is None or name in allowed)
                )
        return allowed


class AffinityTerm(Record):
    """Pods of these namespaces and labels, in the same domain of a topology key."""

    topology_key: str
    selector: Selector | None
    """None selects nothing."""
    namespaces: tuple[str, ...] = ()
    namespace_selector: Selector | None = None

    def matches(
        self, namespace: str, labels: dict[str, str], namespaces: dict[str, dict[str, str]]
    ) -> bool:
        """Tell whether a pod of this namespace and these labels is meant."""
        if self.selector is None or not self.selector.matches(labels):
            return False
        return namespace in self.namespaces or (
            self.namespace_selector is not None
            and self.namespace_selector.matches(namespaces.get(namespace, {}))
        )


class SpreadConstraint(Record):
    """How evenly like pods should lie over the domains of a topology key."""

    topology_key: str
    max_skew: int
    selector: Selector | None
    hard: bool
    min_domains: int = 1
    honor_affinity: bool = True
    honor_taints: bool = False
