"""Label and field selectors of the command line: `-l 'app=web,tier in (a, b)'`."""

import re
from typing import Any

from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.meta import LabelSelector, SelectorExpression
from simulation.kube.rules.pods import matches
from simulation.kubectl.errors import CommandError

KEY = r"[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?"
FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"^(?P<key>{KEY})\s*(==?)\s*(?P<value>[-A-Za-z0-9_.]*)$"), "In"),
    (re.compile(rf"^(?P<key>{KEY})\s*!=\s*(?P<value>[-A-Za-z0-9_.]*)$"), "NotIn"),
    (re.compile(rf"^(?P<key>{KEY})\s+in\s*\((?P<list>[^)]*)\)$"), "In"),
    (re.compile(rf"^(?P<key>{KEY})\s+notin\s*\((?P<list>[^)]*)\)$"), "NotIn"),
    (re.compile(rf"^!\s*(?P<key>{KEY})$"), "DoesNotExist"),
    (re.compile(rf"^(?P<key>{KEY})$"), "Exists"),
)


def label_selector(text: str) -> LabelSelector:
    """Return the selector that a text means; raise CommandError if it means none."""
    expressions = []
    for part in _parts(text):
        expression = _expression(part.strip())
        if expression is None:
            raise CommandError(
                f"Error from server (BadRequest): unable to parse requirement: "
                f'found \'{part.strip()}\', expected: a label key, "!", "in", "notin", "=" or "!="'
            )
        expressions.append(expression)
    return LabelSelector(match_expressions=tuple(expressions))


def _parts(text: str) -> list[str]:
    """Split at the commas outside of brackets."""
    parts, begun, inside = [], 0, False
    for at, sign in enumerate(text):
        if sign == "," and not inside:
            parts.append(text[begun:at])
            begun = at + 1
        inside = sign == "(" or (inside and sign != ")")
    return [*parts, text[begun:]]


def _expression(part: str) -> SelectorExpression | None:
    for form, operator in FORMS:
        found = form.match(part)
        if found is not None:
            groups = found.groupdict()
            if groups.get("list") is not None:
                values = tuple(sorted(each.strip() for each in groups["list"].split(",")))
            elif "value" in groups:
                values = (groups["value"],)
            else:
                values = ()
            return SelectorExpression(groups["key"], operator, values)
    return None


FIELDS: dict[str, str] = {
    "metadata.name": "metadata.name",
    "metadata.namespace": "metadata.namespace",
    "spec.nodeName": "spec.node_name",
    "spec.restartPolicy": "spec.restart_policy",
    "status.phase": "status.phase",
    "status.podIP": "status.pod_ip",
    "spec.unschedulable": "spec.unschedulable",
    "type": "type",
    "reason": "reason",
    "involvedObject.name": "involved_object.name",
    "involvedObject.kind": "involved_object.kind",
    "involvedObject.namespace": "involved_object.namespace",
    "involvedObject.uid": "involved_object.uid",
}
"""Fields that the API server can select by, to where they lie here."""


def select(objects: list[AnyObject], labels: str, fields: str, located: str) -> list[AnyObject]:
    """Return the objects that a label selector and a field selector both mean.

    located: group, version and plural of their kind, which the API server names.
    """
    if labels:
        selector = label_selector(labels)
        objects = [each for each in objects if matches(selector, each.metadata.labels)]
    for part in filter(None, fields.split(",")):
        found = re.match(r"^([^=!]+)(!=|==?)\s*(.*)$", part)
        if found is None:
            raise CommandError(
                f"Error from server (BadRequest): invalid field selector {part!r}; can't understand it"
            )
        name, operator, wanted = found[1].strip(), found[2], found[3]
        if name not in FIELDS:
            raise CommandError(
                f'Error from server (BadRequest): Unable to find "{located}" that match label '
                f'selector "{labels}", field selector "{fields}": field label not supported: {name}'
            )
        equal = operator != "!="
        objects = [each for each in objects if (_field(each, FIELDS[name]) == wanted) == equal]
    return objects


def _field(obj: AnyObject, path: str) -> str:
    value: Any = obj
    for name in path.split("."):
        value = getattr(value, name, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
