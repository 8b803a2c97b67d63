"""What the printers of all kinds share: ages, selectors, templates."""

from typing import Any

from simulation.kernel.units import Instant
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.meta import LabelSelector
from simulation.kube.objects.pod import Container
from simulation.kube.rules.ages import age

NONE = "<none>"
UNKNOWN = "<unknown>"
UNSET = "<unset>"
SHOWN = 3
"""How many addresses or hosts a cell names before it only counts."""

Cells = list[Any]


def age_of(obj: AnyObject, now: Instant) -> str:
    """Return the AGE cell of an object."""
    return age(obj.metadata.creation_timestamp, now)


def shortened(texts: list[str]) -> str:
    """Return the first three texts, and how many more there are."""
    text = ",".join(texts[:SHOWN])
    return f"{text} + {len(texts) - SHOWN} more..." if len(texts) > SHOWN else text


def template_cells(containers: tuple[Container, ...]) -> list[str]:
    """Return the names and the images of a template's containers."""
    names = ",".join(each.name for each in containers)
    return [names, ",".join(each.image for each in containers)]


def selector_text(labels: dict[str, str]) -> str:
    """Return "a=b,c=d", or <none>."""
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) or NONE


def full_selector(selector: LabelSelector | None) -> str:
    """Return a label selector as one line (metav1.FormatLabelSelector)."""
    return bare_selector(selector) or NONE


def bare_selector(selector: LabelSelector | None) -> str:
    """Return a label selector as one line, sorted by key; nothing for one that asks for nothing."""
    if selector is None:
        return ""
    words = [(key, f"{key}={value}") for key, value in selector.match_labels.items()]
    for each in selector.match_expressions:
        values = ",".join(sorted(each.values))
        text = {
            "In": f"{each.key} in ({values})",
            "NotIn": f"{each.key} notin ({values})",
            "Exists": each.key,
            "DoesNotExist": f"!{each.key}",
        }[each.operator]
        words.append((each.key, text))
    return ",".join(text for _, text in sorted(words))
