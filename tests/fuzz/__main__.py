"""python -m tests.fuzz [--raft N] [--labs N] [--from SEED]: a swarm of seeds, on two cores.

Prints every objection of a judge with the seed that brings it about again, how often each fault
struck and each rule of the paper was at work. A rule or a fault that was never reached is a hole:
the run fails, as it does for an objection.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz import labs, swarm
from tests.fuzz.rules import RULES

RAFT_SEEDS = 9_000
LAB_SEEDS = 1_000
PROCESSES = 2
CHUNK = 50

Report = tuple[list[str], Counter[str], Counter[str], int]
"""Objections, rules, faults, and the rounds that the slowest calm took."""


def ride_all(first: int, last: int) -> Report:
    """Sit out the storms of some seeds."""
    objections: list[str] = []
    rules: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    slowest = 0
    for seed in range(first, last):
        try:
            storm = swarm.ride(seed)
        except Exception as objection:  # Whatever it is, the seed is what counts.
            objections.append(f"raft seed {seed}: {type(objection).__name__}: {objection}")
            continue
        rules += storm.witness.seen
        faults += storm.counts
        slowest = max(slowest, storm.rounds)
    return objections, rules, faults, slowest


def live_all(first: int, last: int) -> Report:
    """Live through the labs of some seeds."""
    objections: list[str] = []
    faults: Counter[str] = Counter()
    for seed in range(first, last):
        try:
            faults += labs.live(seed).counts
        except Exception as objection:
            objections.append(f"lab seed {seed}: {type(objection).__name__}: {objection}")
    return objections, Counter(), faults, 0


def run(raft: int, lab: int, start: int) -> int:
    """Run all seeds, print the report and return the exit code."""
    began = time.monotonic()
    with ProcessPoolExecutor(PROCESSES) as pool:
        rides = [pool.submit(ride_all, a, b) for a, b in _chunks(start, raft)]
        lives = [pool.submit(live_all, a, b) for a, b in _chunks(start, lab)]
        ridden, lived = [each.result() for each in rides], [each.result() for each in lives]
    objections = [text for report in (*ridden, *lived) for text in report[0]]
    rules, faults, acts = Counter[str](), Counter[str](), Counter[str]()
    for _, seen, struck, _ in ridden:
        rules += seen
        faults += struck
    for _, _, struck, _ in lived:
        acts += struck
    slowest = max((report[3] for report in ridden), default=0)
    seconds = time.monotonic() - began
    holes = _print(rules, faults, acts, bool(raft), bool(lab))
    print(f"\n{raft} seeds of Raft, {lab} labs in {seconds:.0f} s on {PROCESSES} processes;")
    print(f"the slowest calm took {slowest} of {swarm.CALM_ROUNDS_MAX} rounds")
    for text in objections:
        print(f"OBJECTION {text}")
    for text in holes:
        print(f"HOLE never reached: {text}")
    return 1 if objections or holes else 0


def _print(
    rules: Counter[str], faults: Counter[str], acts: Counter[str], raft: bool, lab: bool
) -> list[str]:
    holes: list[str] = []
    if raft:
        print("Rules at work")
        for rule in RULES:
            print(f"{rules[rule]:>10}  {rule}")
        print("\nFaults of Raft alone")
        for fault in swarm.FAULTS:
            print(f"{faults[fault]:>10}  {fault}")
        holes += [each for each in RULES if not rules[each]]
        holes += [each for each in swarm.FAULTS if not faults[each]]
    if lab:
        print("\nActs upon labs")
        for act in sorted(acts):
            print(f"{acts[act]:>10}  {act}")
        holes += [each for each in sorted(labs.VERBS) if not acts[each]]
    return holes


def _chunks(start: int, count: int) -> list[tuple[int, int]]:
    stop = start + count
    return [(first, min(first + CHUNK, stop)) for first in range(start, stop, CHUNK)]


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--raft", type=int, default=RAFT_SEEDS)
    parser.add_argument("--labs", type=int, default=LAB_SEEDS)
    parser.add_argument("--from", dest="start", type=int, default=0)
    given = parser.parse_args()
    return run(given.raft, given.labs, given.start)


if __name__ == "__main__":
    sys.exit(main())
