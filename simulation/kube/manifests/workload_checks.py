"""What the API server refuses of workloads.

Follows pkg/apis/apps, batch and autoscaling validation.
"""

import re
from typing import Any

from simulation.kube.manifests import pod_checks
from simulation.kube.manifests.wording import (
    Found,
    amount_or_percent,
    at_most_all,
    bad,
    forbidden,
    not_negative,
    one_of,
    required,
    selector,
    selects,
)

Json = dict[str, Any]

TEMPLATE_LABELS = "spec.template.metadata.labels"
EMPTY_SELECTOR = {
    # Upstream says "deployment" of ReplicaSets, too.
    "DaemonSet": "daemonset",
    "Deployment": "deployment",
    "ReplicaSet": "deployment",
    "StatefulSet": "statefulset",
}
CRONJOB_NAME_MAX = 52
"""A CronJob's Jobs get eleven characters more, and must stay within 63."""


def workload(content: Json) -> Found:
    """Return what is wrong with a Deployment, ReplicaSet, DaemonSet or StatefulSet."""
    kind, spec = str(content.get("kind", "")), content.get("spec") or {}
    found = not_negative("spec", spec, "replicas", "minReadySeconds", "revisionHistoryLimit")
    found += _selector(kind, spec)
    claims = [
        str((each.get("metadata") or {}).get("name") or "")
        for each in spec.get("volumeClaimTemplates") or ()
    ]
    given = spec.get("template") or {}
    found += pod_checks.template("spec.template", given, claims)
    policy = (given.get("spec") or {}).get("restartPolicy") or "Always"
    if policy in pod_checks.RESTART_POLICIES:
        found += one_of("spec.template.spec.restartPolicy", policy, ("Always",))
    if kind == "Deployment":
        found += _strategy(spec) + _deadline(spec)
    if kind == "DaemonSet":
        found += _daemonset_strategy(spec)
    if kind == "StatefulSet":
        found += _statefulset(spec)
    return found


def _selector(kind: str, spec: Json) -> Found:
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    mismatch = bad(TEMPLATE_LABELS, labels, "`selector` does not match template `labels`")
    given = spec.get("selector")
    if given is None:
        return [required("spec.selector"), mismatch]
    found = selector("spec.selector", given)
    if not given.get("matchLabels") and not given.get("matchExpressions"):
        text = f"empty selector is invalid for {EMPTY_SELECTOR[kind]}"
        return [*found, bad("spec.selector", given, text)]
    if not found and not selects(given, labels or {}):
        found.append(mismatch)
    return found


def _strategy(spec: Json) -> Found:
    strategy = spec.get("strategy") or {}
    path = "spec.strategy.rollingUpdate"
    found: Found = []
    if strategy.get("type"):
        found += one_of("spec.strategy.type", strategy["type"], ("Recreate", "RollingUpdate"))
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling is not None:
        text = "may not be specified when strategy `type` is 'Recreate'"
        return [*found, forbidden(path, text)]
    if rolling is None:
        return found
    surge, unavailable = rolling.get("maxSurge", "25%"), rolling.get("maxUnavailable", "25%")
    found += amount_or_percent(f"{path}.maxUnavailable", unavailable)
    found += amount_or_percent(f"{path}.maxSurge", surge)
    if str(surge) in ("0", "0%") and str(unavailable) in ("0", "0%"):
        text = "may not be 0 when `maxSurge` is 0"
        found.append(bad(f"{path}.maxUnavailable", unavailable, text))
    return found + at_most_all(f"{path}.maxUnavailable", unavailable)


def _deadline(spec: Json) -> Found:
    path = "spec.progressDeadlineSeconds"
    found = not_negative("spec", spec, "progressDeadlineSeconds")
    deadline, ready = spec.get("progressDeadlineSeconds", 600), spec.get("minReadySeconds") or 0
    if not found and deadline is not None and deadline <= ready:
        found.append(bad(path, deadline, "must be greater than minReadySeconds"))
    return found


def _daemonset_strategy(spec: Json) -> Found:
    strategy = spec.get("updateStrategy") or {}
    path = "spec.updateStrategy.rollingUpdate"
    found: Found = []
    if strategy.get("type"):
        found += one_of("spec.updateStrategy.type", strategy["type"], ("OnDelete", "RollingUpdate"))
    rolling = strategy.get("rollingUpdate") or {}
    surge, unavailable = rolling.get("maxSurge", 0), rolling.get("maxUnavailable", 1)
    found += amount_or_percent(f"{path}.maxUnavailable", unavailable)
    found += amount_or_percent(f"{path}.maxSurge", surge)
    none = [str(each) in ("0", "0%") for each in (surge, unavailable)]
    if not any(none):
        text = "may not be set when maxUnavailable is non-zero"
        found.append(bad(f"{path}.maxSurge", surge, text))
    if all(none):
        found.append(required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return found + at_most_all(f"{path}.maxUnavailable", unavailable)


def _statefulset(spec: Json) -> Found:
    found: Found = []
    if spec.get("podManagementPolicy"):
        allowed = ("OrderedReady", "Parallel")
        found += one_of("spec.podManagementPolicy", spec["podManagementPolicy"], allowed)
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type"):
        found += one_of("spec.updateStrategy.type", strategy["type"], ("OnDelete", "RollingUpdate"))
    rolling = strategy.get("rollingUpdate") or {}
    return found + not_negative("spec.updateStrategy.rollingUpdate", rolling, "partition")


# --- jobs


def job(content: Json) -> Found:
    """Return what is wrong with a Job."""
    return _job_spec("spec", content.get("spec") or {})


def _job_spec(path: str, spec: Json) -> Found:
    found = not_negative(
        path,
        spec,
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
    )
    if spec.get("completionMode"):
        found += one_of(f"{path}.completionMode", spec["completionMode"], ("Indexed", "NonIndexed"))
    if spec.get("completionMode") == "Indexed" and spec.get("completions") is None:
        text = "when completion mode is Indexed"
        found.append(required(f"{path}.completions", text))
    if spec.get("selector") is not None and not spec.get("manualSelector"):
        text = "`selector` not auto-generated"
        found.append(bad(f"{path}.selector", spec["selector"], text))
    given = spec.get("template") or {}
    found += pod_checks.template(f"{path}.template", given)
    where = f"{path}.template.spec.restartPolicy"
    policy = (given.get("spec") or {}).get("restartPolicy") or "Always"
    if policy == "Always":
        found.append(required(where, 'valid values: "OnFailure", "Never"'))
    return found


def cronjob(content: Json) -> Found:
    """Return what is wrong with a CronJob."""
    spec, name = content.get("spec") or {}, (content.get("metadata") or {}).get("name") or ""
    found: Found = []
    if len(name) > CRONJOB_NAME_MAX:
        text = f"must be no more than {CRONJOB_NAME_MAX} characters"
        found.append(bad("metadata.name", name, text))
    schedule = spec.get("schedule")
    if not schedule:
        found.append(required("spec.schedule"))
    else:
        trouble = schedule_trouble(schedule)
        if trouble:
            found.append(bad("spec.schedule", schedule, trouble))
    if spec.get("concurrencyPolicy"):
        allowed = ("Allow", "Forbid", "Replace")
        found += one_of("spec.concurrencyPolicy", spec["concurrencyPolicy"], allowed)
    zone = spec.get("timeZone")
    if zone is not None and not re.fullmatch(r"[A-Za-z_]+(/[-+A-Za-z0-9_]+)*", zone):
        found.append(bad("spec.timeZone", zone, f"unknown time zone {zone}"))
    found += not_negative(
        "spec",
        spec,
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    )
    inner = (spec.get("jobTemplate") or {}).get("spec") or {}
    return found + _job_spec("spec.jobTemplate.spec", inner)


DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, MONTHS),
    (0, 6, DAYS),
)
"""Least and greatest number of each field of a schedule, and the names it may use."""


def schedule_trouble(schedule: str) -> str:
    """Return what is wrong with a schedule, in the words of robfig/cron; empty if nothing is."""
    if schedule.startswith("@"):
        if schedule in DESCRIPTORS:
            return ""
        if re.fullmatch(r"@every ([0-9.]+(ns|us|ms|s|m|h))+", schedule):
            return ""
        if schedule.startswith("@every "):
            duration = schedule.removeprefix("@every ")
            return f'failed to parse duration {schedule}: time: invalid duration "{duration}"'
        return f"unrecognized descriptor: {schedule}"
    if "TZ" in schedule:
        return "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
    words = schedule.split()
    if len(words) != len(FIELDS):
        return f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]"
    for word, (least, greatest, names) in zip(words, FIELDS, strict=True):
        for part in word.split(","):
            trouble = _part_trouble(part, least, greatest, names)
            if trouble:
                return trouble
    return ""


NUMBER = re.compile(r"[0-9]{1,18}")


def _part_trouble(part: str, least: int, greatest: int, names: tuple[str, ...]) -> str:
    span, slash, step = part.partition("/")
    low, dash, high = span.partition("-")
    if part.count("/") > 1:
        return f"too many slashes: {part}"
    if span.count("-") > 1:
        return f"too many hyphens: {part}"
    known = {name: number for number, name in enumerate(names, 1 if least == 1 else 0)}
    texts = () if low in ("*", "?") else (low, high) if dash else (low,)
    unknown = [text for text in texts if text.lower() not in known]
    for text in [*unknown, step] if slash else unknown:
        if not NUMBER.fullmatch(text):
            return (
                f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax'
            )
    numbers = [known[text.lower()] if text.lower() in known else int(text) for text in texts]
    if numbers and numbers[0] < least:
        return f"beginning of range ({numbers[0]}) below minimum ({least}): {part}"
    if numbers and numbers[-1] > greatest:
        return f"end of range ({numbers[-1]}) above maximum ({greatest}): {part}"
    if len(numbers) > 1 and numbers[0] > numbers[1]:
        return f"beginning of range ({numbers[0]}) beyond end of range ({numbers[1]}): {part}"
    if slash and int(step) == 0:
        return f"step of range should be a positive number: {part}"
    return ""


# --- autoscalers


def autoscaler(content: Json) -> Found:
    """Return what is wrong with a HorizontalPodAutoscaler."""
    spec = content.get("spec") or {}
    found: Found = []
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    if isinstance(least, int) and least < 1:
        found.append(bad("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most < 1:
        found.append(bad("spec.maxReplicas", most, "must be greater than 0"))
    if isinstance(least, int) and most < least:
        text = "must be greater than or equal to `minReplicas`"
        found.append(bad("spec.maxReplicas", most, text))
    target = spec.get("scaleTargetRef") or {}
    for name in ("kind", "name"):
        if not target.get(name):
            found.append(required(f"spec.scaleTargetRef.{name}"))
    for number, each in enumerate(spec.get("metrics") or ()):
        found += _metric(f"spec.metrics[{number}]", each)
    return found


METRIC_SORTS = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}


def _metric(path: str, each: Json) -> Found:
    sort = each.get("type")
    if not sort:
        return [required(f"{path}.type", "must specify a metric source type")]
    found = one_of(f"{path}.type", sort, METRIC_SORTS)
    if found:
        return found
    field = METRIC_SORTS[sort]
    source = each.get(field)
    if source is None:
        text = "must populate information for the given metric source"
        return [required(f"{path}.{field}", text)]
    target = source.get("target") or {}
    where = f"{path}.{field}.target"
    if not target.get("type"):
        found.append(required(f"{where}.type", "must specify a metric target type"))
    else:
        allowed = ("AverageValue", "Utilization", "Value")
        found += one_of(f"{where}.type", target["type"], allowed)
    share = target.get("averageUtilization")
    if isinstance(share, int) and share < 1:
        found.append(bad(f"{where}.averageUtilization", share, "must be greater than 0"))
    if field == "resource":
        if not source.get("name"):
            found.append(required(f"{path}.{field}.name", "must specify a resource name"))
        if share is None and target.get("averageValue") is None:
            text = "must set either a target raw value or a target utilization"
            found.append(required(f"{where}.averageUtilization", text))
    return found
