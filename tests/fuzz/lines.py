"""Commands and manifests that are almost right: valid ones with something put in their way.

A lab must survive every one of them: it answers, time goes on, and whatever is stored can be written
down and read again. A session that met a bug of ours says so in `fault`, and is an objection.
"""

import json
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from simulation.kernel.reasons import Refused
from simulation.kubectl import sessions, terminal
from simulation.lab import commands, queries
from simulation.lab.lab import Lab
from simulation.scenarios import examples
from tests.simulation.kubectl.terminals import a_lab

INTERNAL = "(InternalError): an error on the server ("
VERBS = sorted({*terminal.READS, *sessions.PLANS})
WORDS = (
    (
        "² ٣ -1 0 99999999999999999999 1e400 \u202e \u200b \x1b[31m \0 / // . .. - -- = a= =b a=b a- * {} [ ] "
        'a=b:NoExecute a:NoSchedule- {.items[*]} {..} {"a":1} {"spec":{"replicas":"x"}} {"spec":null} null 1 true '
        "[] 1h -1s 999999999999h 0s 10% NaN web deploy/web pod pods all node worker-1 cm svc ing pdb hpa ds rs ep ns ev "
        "default kube-system -A -w -o json yaml wide name jsonpath={.items[*].metadata.name} jsonpath={.items[?(@.a)]} "
        "custom-columns=A:.metadata.name -n -l app=web --field-selector status.phase=Running --sort-by .metadata.name "
        "--replicas=3 --replicas --image nginx web=nginx --port=80 --type=json --type=merge -p --dry-run=client "
        "--dry-run=server -f a.yaml --all --force --grace-period=0 --cascade=orphan --timeout=1s --for=delete "
        "--for=condition=Ready --for=jsonpath={.status.phase}=Running --overwrite --to-revision=1 --min=1 --max=2 "
        "--cpu-percent=50 --requests=cpu=1 --limits=memory=1E9999 -c --tail=1 --since=1s --show-labels -L --raw /api/v1/pods "
        "/healthz | grep -A wc -l head -n awk {print\u00a0$1} sort uniq tail sh -c --from=deployment/web --schedule=*\u00a0* "
        "--rule=a.b/c=svc:80 --tcp=80:80 --from-literal=a=b --hard=pods=1 --ignore-not-found --wait=false --subresource=status "
        "--ignore-daemonsets --server=cp-1 --as=x --env=A=B --restart=Never -it --rm --command"
    )
    .replace("\u00a0", "_")
    .split(" ")
)
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**31, 2**63, 10**30, 1e300, "", "x", [], {}, ["a"], {"a": "b"}, [None], {"a": None}, "²",
    "\u202e", "\ud800", "0", "100%", "10%", "1Gi", "1E9999", "9" * 5000, "100m", "Never", "Exists", "a" * 300, 65536,
    {"matchLabels": {"app": "web"}}, {"matchExpressions": [{"key": "a", "operator": "In", "values": []}]},
)  # fmt: skip


@cache
def texts() -> tuple[str, ...]:
    """Return the examples of the documentation that a lab brings along."""
    folder = Path(examples.__file__).parent / "examples"
    return tuple(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml")))


class Typist:
    """One lab, and somebody who types what comes to mind."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.lab = a_lab()
        self.texts = [text for text in texts() if len(text) < 4_000]
        self.seen: Counter[str] = Counter()
        self.typed = 0

    def type(self) -> None:
        """Type one line, and look whether the lab is well."""
        argv, files = self._line() if self.random.random() < 0.5 else self._file()
        self.typed += 1
        try:
            body = queries.answer(self.lab, {"ask": "kubectl", "argv": argv})
            assert INTERNAL not in body["stderr"], f"{argv}: {body['stderr']}"
            self.seen["answered"] += not body["waits"]
            if body["waits"]:
                self._begin(argv, files)
        except Refused:
            self.seen["refused"] += 1

    def _begin(self, argv: list[str], files: dict[str, str]) -> None:
        id = f"s{self.typed}"
        self.lab.submit(
            commands.parse({"do": "kubectl", "argv": argv, "files": files}), id, "typist"
        )
        self.lab.advance(self.lab.now + self.random.choice((0, 500, 3_000)), 20_000)
        for each in self.lab.sessions.state.sessions.values():
            assert not each.fault, f"{each.argv} {files}: {each.fault}"
        session = self.lab.sessions.state.sessions.get(id)
        self.seen["done" if session and session.exit_code == 0 else "failed"] += 1
        if self.typed % 10 == 0:
            for each in list(self.lab.sessions.state.sessions):
                self.lab.sessions.cancel(self.lab.world, each)
        if self.typed % 20 == 0:
            thawed = Lab.thaw(self.lab.genesis, self.lab.freeze())
            assert thawed.digest() == self.lab.digest(), f"after {argv}"

    def _line(self) -> tuple[list[str], dict[str, str]]:
        words = ["kubectl", *self.random.choice(VERBS).split()]
        if self.random.random() < 0.7:
            kind = self.random.choice(sorted(self.lab.world.store.state.objects))
            key = self.random.choice(sorted(self.lab.world.store.state.objects[kind]) or ["x"])
            namespace, _, name = key.rpartition("/")
            words += [kind.lower(), name, *(["-n", namespace] if namespace else [])]
        for _ in range(self.random.randint(0, 5)):
            words.insert(self.random.randint(1, len(words)), self.random.choice(WORDS))
        return words, {"a.yaml": self.random.choice(self.texts)}

    def _file(self) -> tuple[list[str], dict[str, str]]:
        documents = [each for each in yaml.safe_load_all(self.random.choice(self.texts)) if each]
        text = "---\n".join(
            json.dumps(self._changed(each), default=str) + "\n" for each in documents
        )
        verb = self.random.choice(
            ("apply", "apply", "create", "replace", "delete", "diff", "edit", "patch")
        )
        words = ["kubectl", verb, "-f", "a.yaml"]
        if verb == "patch":
            words = [
                "kubectl",
                "patch",
                "deploy",
                "web",
                "--patch-file",
                "a.yaml",
                "--type",
                self.random.choice(("merge", "strategic", "json")),
            ]
        return words, {"a.yaml": text}

    def _changed(self, value: Any) -> Any:
        chance = self.random.random()
        if isinstance(value, dict):
            value = {key: self._changed(each) for key, each in value.items()}
            if chance < 0.05 and value:
                value.pop(self.random.choice(sorted(map(str, value))), None)
            if 0.05 < chance < 0.08:
                value[self.random.choice(WORDS)] = self.random.choice(VALUES)
            return value
        if isinstance(value, list):
            return [self._changed(each) for each in value] + (
                [self.random.choice(VALUES)] if chance < 0.03 else []
            )
        return self.random.choice(VALUES) if chance < 0.08 else value


def main(seed: int, seconds: float) -> None:
    """Type for so long, beginning with a seed; print each objection with its seed."""
    end, seen, objections = time.monotonic() + seconds, Counter[str](), 0
    while time.monotonic() < end:
        typist = Typist(seed)
        try:
            for _ in range(60):
                typist.type()
        except Exception as objection:  # Whatever it is, the seed is what counts.
            objections += 1
            print(
                f"seed {seed}, line {typist.typed}: {type(objection).__name__}: {str(objection)[:600]!r}",
                flush=True,
            )
        seen += typist.seen
        seed += 1
    print(f"up to seed {seed}: {objections} objections, {dict(seen)}")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
