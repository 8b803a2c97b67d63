"""The words in which the API server refuses, and the forms that names must have.

Texts and patterns follow k8s.io/apimachinery/pkg/util/validation and .../field/errors.go.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

Found = list[tuple[str, str]]
"""Path and text of each thing that is wrong."""

LABEL_MAX, SUBDOMAIN_MAX, PORT_MAX, PORT_NAME_MAX = 63, 253, 65_535, 15
INT32_MAX = 2**31 - 1

LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
PERCENT = re.compile(r"[0-9]+%")
CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")

SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
DNS_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
    "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
DNS_1035_TEXT = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
    "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
)
LABEL_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
LABEL_KEY_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
    "an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
PERCENT_TEXT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
    "'93%', regex used for validation is '[0-9]+%')"
)
CONFIG_KEY_TEXT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  "
    "or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
NOT_NEGATIVE = "must be greater than or equal to 0"


def shown(value: Any) -> str:
    """Return a value as error texts quote it: texts in quotes, structures as JSON."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def bad(path: str, value: Any, text: str) -> tuple[str, str]:
    """Return "path: Invalid value: …"."""
    return path, f"{path}: Invalid value: {shown(value)}: {text}"


def required(path: str, text: str = "") -> tuple[str, str]:
    """Return "path: Required value"."""
    return path, f"{path}: Required value" + (f": {text}" if text else "")


def forbidden(path: str, text: str) -> tuple[str, str]:
    """Return "path: Forbidden: …"."""
    return path, f"{path}: Forbidden: {text}"


def duplicate(path: str, value: Any) -> tuple[str, str]:
    """Return "path: Duplicate value: …"."""
    return path, f"{path}: Duplicate value: {shown(value)}"


def not_found(path: str, value: Any) -> tuple[str, str]:
    """Return "path: Not found: …"."""
    return path, f"{path}: Not found: {shown(value)}"


def one_of(path: str, value: Any, allowed: Iterable[str]) -> Found:
    """Return what is wrong with a value that has to be one of a few."""
    allowed = tuple(allowed)
    if value in allowed:
        return []
    listed = ", ".join(f'"{each}"' for each in allowed)
    return [(path, f"{path}: Unsupported value: {shown(value)}: supported values: {listed}")]


def not_negative(path: str, owner: dict[str, Any], *names: str) -> Found:
    """Return which of a structure's numbers are below zero."""
    return [
        bad(f"{path}.{name}", owner[name], NOT_NEGATIVE)
        for name in names
        if _is_number(owner.get(name)) and owner[name] < 0
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def port(path: str, value: Any) -> Found:
    """Return what is wrong with the number of a port."""
    if isinstance(value, int) and not 1 <= value <= PORT_MAX:
        return [bad(path, value, "must be between 1 and 65535, inclusive")]
    return []


def port_name(path: str, name: str) -> Found:
    """Return what is wrong with the name of a port."""
    found: Found = []
    if len(name) > PORT_NAME_MAX:
        found.append(bad(path, name, f"must be no more than {PORT_NAME_MAX} bytes"))
    if not re.fullmatch(r"[-a-z0-9]+", name):
        text = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        found.append(bad(path, name, text))
    if not re.search(r"[a-z]", name):
        found.append(bad(path, name, "must contain at least one letter (a-z)"))
    if "--" in name:
        found.append(bad(path, name, "must not contain consecutive hyphens"))
    if name[:1] == "-" or name[-1:] == "-":
        found.append(bad(path, name, "must not begin or end with a hyphen"))
    return found


def port_or_name(path: str, value: Any) -> Found:
    """Return what is wrong with a port that is told by number or by name."""
    return port_name(path, value) if isinstance(value, str) else port(path, value)


def dns_label(path: str, name: str) -> Found:
    """Return what is wrong with a name that has to be a DNS label."""
    found: Found = []
    if len(name) > LABEL_MAX:
        found.append(bad(path, name, f"must be no more than {LABEL_MAX} bytes"))
    if not DNS_LABEL.fullmatch(name):
        dotted = SUBDOMAIN.fullmatch(name) is not None
        found.append(bad(path, name, "must not contain dots" if dotted else DNS_LABEL_TEXT))
    return found


def dns_1035(path: str, name: str) -> Found:
    """Return what is wrong with the name of a Service."""
    found: Found = []
    if len(name) > LABEL_MAX:
        found.append(bad(path, name, f"must be no more than {LABEL_MAX} bytes"))
    if not DNS_1035.fullmatch(name):
        found.append(bad(path, name, DNS_1035_TEXT))
    return found


def subdomain(path: str, name: str) -> Found:
    """Return what is wrong with a name that has to be a DNS subdomain."""
    found: Found = []
    if len(name) > SUBDOMAIN_MAX:
        found.append(bad(path, name, f"must be no more than {SUBDOMAIN_MAX} bytes"))
    if not SUBDOMAIN.fullmatch(name):
        found.append(bad(path, name, SUBDOMAIN_TEXT))
    return found


def label_key(path: str, key: str) -> Found:
    """Return what is wrong with the key of a label or an annotation."""
    prefix, slash, name = key.rpartition("/")
    found: Found = []
    if "/" in prefix:
        text = (
            "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must "
            "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
            "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') "
            "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        )
        return [bad(path, key, text)]
    if slash and not prefix:
        found.append(bad(path, key, "prefix part must be non-empty"))
    elif slash and not SUBDOMAIN.fullmatch(prefix):
        found.append(bad(path, key, f"prefix part {SUBDOMAIN_TEXT}"))
    elif len(prefix) > SUBDOMAIN_MAX:
        found.append(bad(path, key, f"prefix part must be no more than {SUBDOMAIN_MAX} bytes"))
    if not name:
        found.append(bad(path, key, "name part must be non-empty"))
    elif len(name) > LABEL_MAX:
        found.append(bad(path, key, f"name part must be no more than {LABEL_MAX} bytes"))
    if not (name and LABEL.fullmatch(name)):
        found.append(bad(path, key, LABEL_KEY_TEXT))
    return found


def label_value(path: str, value: str) -> Found:
    """Return what is wrong with the value of a label."""
    found: Found = []
    if len(value) > LABEL_MAX:
        found.append(bad(path, value, f"must be no more than {LABEL_MAX} bytes"))
    if not LABEL.fullmatch(value):
        found.append(bad(path, value, LABEL_TEXT))
    return found


def labels(path: str, given: dict[str, Any]) -> Found:
    """Return what is wrong with labels."""
    found: Found = []
    for key, value in given.items():
        found += label_key(path, key)
        found += label_value(path, str(value if value is not None else ""))
    return found


def selector(path: str, given: dict[str, Any]) -> Found:
    """Return what is wrong with a label selector."""
    found = labels(f"{path}.matchLabels", given.get("matchLabels") or {})
    for number, each in enumerate(given.get("matchExpressions") or ()):
        where = f"{path}.matchExpressions[{number}]"
        operator, values = each.get("operator"), each.get("values")
        if operator in ("In", "NotIn"):
            if not values:
                text = "must be specified when `operator` is 'In' or 'NotIn'"
                found.append(required(f"{where}.values", text))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                found.append(forbidden(f"{where}.values", text))
        else:
            text = "not a valid selector operator"
            found.append(bad(f"{where}.operator", operator or "", text))
        found += label_key(f"{where}.key", str(each.get("key") or ""))
    return found


def selects(given: dict[str, Any], of: dict[str, Any]) -> bool:
    """Tell whether a label selector means something with these labels."""
    for key, value in (given.get("matchLabels") or {}).items():
        if str(of.get(key)) != str(value) or key not in of:
            return False
    for each in given.get("matchExpressions") or ():
        key, values = each.get("key"), [str(one) for one in each.get("values") or ()]
        there = key in of
        right = {
            "In": there and str(of.get(key)) in values,
            "NotIn": not there or str(of.get(key)) not in values,
            "Exists": there,
            "DoesNotExist": not there,
        }
        if not right.get(each.get("operator"), True):
            return False
    return True


def amount_or_percent(path: str, value: Any) -> Found:
    """Return what is wrong with a number or a share such as 25%."""
    if isinstance(value, str) and not PERCENT.fullmatch(value):
        return [bad(path, value, PERCENT_TEXT)]
    if isinstance(value, int) and value < 0:
        return [bad(path, value, NOT_NEGATIVE)]
    return []


def at_most_all(path: str, value: Any) -> Found:
    """Return what is wrong with a share above a hundred percent."""
    if isinstance(value, str) and PERCENT.fullmatch(value) and int(value[:-1]) > 100:
        return [bad(path, value, "must not be greater than 100%")]
    return []
