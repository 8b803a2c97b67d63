"""Questions to a lab: they change nothing, are not journaled, and are answered at once."""

from collections.abc import Callable
from typing import Any

from simulation.kernel.reasons import Refused
from simulation.kube.happenings import Entry
from simulation.kube.manifests.codec import to_json, to_yaml
from simulation.kube.objects.pod import Pod
from simulation.kubectl import terminal
from simulation.lab.edge import refuse_unwritable
from simulation.lab.lab import Lab
from simulation.lab.limits import WHY_STEPS_MAX
from simulation.lab.lines import taken
from simulation.lab.log_entries import opened


def answer(lab: Lab, question: dict[str, Any]) -> Any:
    """Answer a question; raise Refused if it is none or asks for what is not there."""
    refuse_unwritable(question)
    ask = _QUESTIONS.get(str(question.get("ask")))
    if ask is None:
        raise Refused("question-unknown", ask=str(question.get("ask"))[:40])
    try:
        return ask(lab, question)
    except (KeyError, TypeError, ValueError) as problem:
        raise Refused("command-malformed", detail=str(problem)[:200]) from None


def _object(lab: Lab, question: dict[str, Any]) -> Any:
    kind, key = str(question["kind"]), str(question["key"])
    found = lab.world.store.get(kind, key)
    if found is None:
        lab.world.refuse_missing(kind, key)
    meta = found.metadata
    events = lab.world.events.about(kind, meta.namespace, meta.name, lab.world.now)
    return {
        "object": to_json(found, lab.world.calendar),
        "events": [
            {
                "type": e.type,
                "reason": e.reason,
                "message": e.message,
                "count": e.count,
                "first": e.first,
                "last": e.last,
                "source": e.source,
            }
            for e in events[-20:]
        ],
    }


def _yaml(lab: Lab, question: dict[str, Any]) -> Any:
    kind, key = str(question["kind"]), str(question["key"])
    found = lab.world.store.get(kind, key)
    if found is None:
        lab.world.refuse_missing(kind, key)
    content = to_json(found, lab.world.calendar)
    content.pop("status", None)
    for name in ("uid", "resourceVersion", "generation", "creationTimestamp"):
        content.get("metadata", {}).pop(name, None)
    return {"yaml": to_yaml(content)}


def _why(lab: Lab, question: dict[str, Any]) -> Any:
    chain = lab.world.ledger.chain(int(question.get("entry", question["id"])))
    return {"chain": [_entry(each) for each in chain[:WHY_STEPS_MAX]]}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "reason": {"key": entry.reason.key, "params": entry.reason.params},
        "subject": entry.subject,
        "by": entry.by,
    }


def _log_entry(lab: Lab, question: dict[str, Any]) -> Any:
    return opened(lab.world, int(question["index"]))


def _explain(lab: Lab, question: dict[str, Any]) -> Any:
    key = str(question["pod"])
    pod = lab.world.store.get(Pod, key)
    if not isinstance(pod, Pod):
        lab.world.refuse_missing("Pod", key)
    explanation = lab.world.scheduler.explain(lab.world, pod)
    return {
        "nodes": [
            {
                "node": each.node,
                "fits": each.fits,
                "reasons": [text for texts in each.verdicts.values() for text in texts],
                "scores": each.scores,
                "total": each.total,
            }
            for each in explanation.nodes
        ],
        "message": explanation.message,
    }


def _kubectl(lab: Lab, question: dict[str, Any]) -> Any:
    argv = [str(word) for word in question["argv"]]
    output = terminal.read(lab.world, argv, str(question.get("server", "")))
    return {
        "stdout": output.stdout,
        "stderr": output.stderr,
        "status": output.exit_code,
        "waits": output.waits,
    }


def _line(lab: Lab, question: dict[str, Any]) -> Any:
    return taken(lab, str(question["line"]), str(question.get("server", "")))


def _session(lab: Lab, question: dict[str, Any]) -> Any:
    return lab.sessions.output_since(str(question["session"]), int(question.get("from", 0)))


_QUESTIONS: dict[str, Callable[[Lab, dict[str, Any]], Any]] = {
    "object": _object,
    "entry": _log_entry,
    "yaml": _yaml,
    "why": _why,
    "explain-scheduling": _explain,
    "kubectl": _kubectl,
    "line": _line,
    "session": _session,
}
