"""`make bench`: each budget of the design that can be measured, beside its figure.

`--only NAME` runs one, `--json FILE` also writes the rows. Figures are of this machine, in this run.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from simulation.kernel.calendar import Calendar
from simulation.kernel.units import MINUTE, SECOND
from simulation.kube.objects.node import Node
from simulation.lab import birth as birth_of_labs
from simulation.lab import commands
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Lab
from simulation.projection.frame import FrameFolder
from simulation.scenarios.catalogue import content_of
from tests import bootstrap
from tools import bench_house

Row = dict[str, Any]
BENCHES: dict[str, Callable[[], list[Row]]] = {}


def bench(function: Callable[[], list[Row]]) -> Callable[[], list[Row]]:
    """Enter a measurement into the list."""
    BENCHES[function.__name__.replace("_", "-")] = function
    return function


def row(name: str, figure: float, unit: str, budget: float | None) -> Row:
    """Return one line of the report."""
    verdict = "ok" if budget is None or figure <= budget else "over"
    return {
        "name": name,
        "figure": round(figure, 3),
        "unit": unit,
        "budget": budget,
        "verdict": verdict,
    }


def _lab() -> Lab:
    return Lab.create(Genesis(7, "default", content_of("default"), 1_700_000_000))


def _cpu(work: Callable[[], Any]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _busy_hour(lab: Lab) -> None:
    """Play an hour in which something happens every five minutes."""
    acts = [
        {"do": "power-off", "node": "worker-3"},
        {"do": "power-on", "node": "worker-3"},
        {"do": "power-off", "node": "cp-1"},
        {"do": "power-on", "node": "cp-1"},
        {"do": "cut", "a": "worker-1"},
        {"do": "heal", "a": "worker-1"},
    ]
    for number in range(12):
        lab.submit(commands.parse(acts[number % len(acts)]), str(number), "bench")
        lab.advance(lab.now + 5 * MINUTE)


@bench
def birth() -> list[Row]:
    """A new lab, settled."""
    return [row("birth of the default lab", _cpu(_lab), "s of CPU", None)]


@bench
def replay() -> list[Row]:
    """Sixty lab minutes of the default lab, replayed."""
    lab, again = _lab(), _lab()
    _busy_hour(lab)
    seconds = _cpu(lambda: _busy_hour(again))
    same = lab.digest() == again.digest()
    return [
        row("60 lab minutes of the default lab, replayed", seconds, "s of CPU", 1.0),
        row("the replay's digest differs", float(not same), "labs", 0.0),
    ]


@bench
def idle() -> list[Row]:
    """An hour in which nothing happens."""
    lab = _lab()
    seconds = _cpu(lambda: lab.advance(lab.now + 60 * MINUTE))
    return [row("idle default lab, per lab hour", seconds * 1000, "ms of CPU", 50.0)]


def _large_lab(workers: int) -> Lab:
    """Return a calm lab of many machines; without DaemonSets, whose pods take half an hour."""
    scenario = yaml.safe_load(content_of("default"))
    scenario["workers"] = [{"zone": "ab"[number % 2]} for number in range(workers)]
    del scenario["placement"]
    genesis = Genesis(7, "large", str(yaml.safe_dump(scenario)), 1_700_000_000)
    world = birth_of_labs.bear(7, genesis.content, Calendar(genesis.born_at))
    lab = Lab(genesis, world)
    for name in ("kindnet", "kube-proxy"):
        argv = ("kubectl", "delete", "daemonset", name, "-n", "kube-system")
        lab.submit(commands.parse({"do": "kubectl", "argv": argv, "files": {}}), name, "bench")
    lab.advance(birth_of_labs.OPENED + 20 * MINUTE)
    return lab


@bench
def idle_large() -> list[Row]:
    """An hour in which nothing happens to 5,000 machines."""
    labs: list[Lab] = []
    born = _cpu(lambda: labs.append(_large_lab(5000)))
    lab = labs[0]
    nodes = lab.world.store.list(Node)
    ready = sum(
        each.status == "True" for n in nodes for each in n.status.conditions if each.type == "Ready"
    )
    seconds = _cpu(lambda: lab.advance(lab.now + 60 * MINUTE))
    return [
        row("5,000 nodes, set up and calm", born, "s of CPU", None),
        row("5,000 nodes that are not Ready", float(len(nodes) - ready), "nodes", 0.0),
        row("idle lab of 5,000 nodes, per lab hour", seconds * 1000, "ms of CPU", 50.0),
    ]


@bench
def watched() -> list[Row]:
    """Labs on one core: ten slices and frames a second, a fault every lab minute."""
    rows = []
    for speed, budget in ((1, 250), (12, 100)):
        lab = _lab()
        folder = FrameFolder(lab)
        folder.snapshot()

        def minute(lab: Lab = lab, folder: FrameFolder = folder, speed: int = speed) -> None:
            for slice in range(600):
                if slice == 100:
                    lab.submit(commands.parse({"do": "power-off", "node": "worker-3"}), "a", "b")
                if slice == 400:
                    lab.submit(commands.parse({"do": "power-on", "node": "worker-3"}), "c", "b")
                lab.advance(lab.now + speed * SECOND // 10)
                folder.delta()

        cpu = _cpu(minute)
        labs = 60 / cpu
        verdict = "ok" if labs >= budget else "over"
        figure = row(f"running default labs on one core at {speed}×", labs, "labs", None)
        rows.append({**figure, "budget": budget, "verdict": verdict})
    return rows


@bench
def checkpoint() -> list[Row]:
    """A checkpoint's size and cost."""
    lab = _lab()
    _busy_hour(lab)
    content = lab.freeze()
    seconds = _cpu(lambda: [lab.freeze() for _ in range(20)]) / 20
    thaw = _cpu(lambda: Lab.thaw(lab.genesis, content))
    return [
        row("checkpoint of the default lab", len(content) / 1024, "KiB", 40.0),
        row("freezing it", seconds * 1000, "ms of CPU", None),
        row("thawing it", thaw * 1000, "ms of CPU", None),
    ]


@bench
def click_to_frame() -> list[Row]:
    """From a click to its frame."""
    return bench_house.click_to_frame(row)


@bench
def takeover() -> list[Row]:
    """A worker is killed."""
    return bench_house.takeover(row)


@bench
def fan_out() -> list[Row]:
    """Five hundred viewers."""
    return bench_house.fan_out(row)


@bench
def all_labs_back() -> list[Row]:
    """All labs of a killed worker."""
    return bench_house.all_labs_back(row)


@bench
def page() -> list[Row]:
    """The first load of the page."""
    return bench_house.page(row)


def main() -> int:
    """Run the measurements and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", default="")
    parser.add_argument("--only", default="")
    wanted = parser.parse_args()
    assert bootstrap.FOLDER.exists(), "the measurements need a server of their own"
    rows: list[Row] = []
    for name, measure in BENCHES.items():
        if not wanted.only or wanted.only == name:
            for each in measure():
                rows.append(each)
                budget = "" if each["budget"] is None else f"budget {each['budget']:g}"
                figure = f"{each['figure']:>10g} {each['unit']:<10}"
                print(f"{each['name']:<52}{figure} {budget:<14}{each['verdict']}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB")
    if wanted.json:
        Path(wanted.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
