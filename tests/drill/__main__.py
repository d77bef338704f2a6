"""`make drill`: the long one. Ends with 1 if a figure is wrong, or if too little was killed or sent."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.drill.drill import OPTIONS, Load, Verdict, drill
from tests.drill.killing import POINTS, Aim, Traps
from tests.running_stack import RealStack

LOAD = Load(events=240_000, rate=300)
AIM = Aim(at_random=20, at_points=3, pause=26.0)  # a life under 20 s counts as a quick death


def main(logs: list[str]) -> int:
    return max(_one(log) for log in logs)


def _one(log: str) -> int:
    folder = Path(tempfile.mkdtemp(prefix=f"drill-{log}-"))
    traps = Traps(folder / "traps")
    stack = RealStack(folder / "data", **OPTIONS, **traps.environment, CA_EVENT_LOG=log)
    with stack.torn_down():
        stack.up()
        print(f"A drill on {log}, in {folder}")
        verdict = drill(stack, traps, LOAD, AIM, seed=1)
    return _tell(log, verdict, folder)


def _tell(log: str, verdict: Verdict, folder: Path) -> int:
    print(f"{log}: {verdict.facts} facts, {verdict.cells} figures compared")
    print(f"  {verdict.sent} events sent, of them {verdict.shares}")
    for name in verdict.victims:
        print(f"  {verdict.at_random[name]} random deaths of {name}")
    for point in POINTS:
        print(f"  {verdict.at_points[point]} deaths at {point}")
    print(f"  the cache server forgot {verdict.forgotten} events that it had seen")
    print(f"  a consumer stalled past its lease {verdict.stalled} times")
    shortfalls = verdict.shortfalls(LOAD, AIM)
    for shortfall in shortfalls:
        print(f"  TOO FEW: {shortfall}")
    for complaint in verdict.complaints[:50]:
        print(f"  WRONG: {complaint}")
    for line in verdict.evidence:
        print(f"  {line}")
    if verdict.complaints or shortfalls:
        print(f"{len(verdict.complaints)} complaints; everything lies in {folder}")
        return 1
    shutil.rmtree(folder)
    print("  every figure is right")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["redis", "kafka"]))
