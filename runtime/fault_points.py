"""Named points of the code where a test kills or pauses the process, to prove what a crash costs there.

Armed by FAULT_POINTS, for instance `consumer.inserted=kill` or `recompute.before=pause:/tmp/gate`, several
separated by commas. Nothing is armed otherwise, and production refuses to start with the variable set.
"""

import os
import signal
import time
from enum import StrEnum
from functools import cache
from pathlib import Path

VARIABLE = "FAULT_POINTS"
_LOOK_AGAIN = 0.01


class FaultPoint(StrEnum):
    """Each point once."""

    ACCEPTING_BEFORE_LOG = "accepting.before_log"
    ACCEPTING_LOGGED = "accepting.logged"
    CONSUMER_POLLED = "consumer.polled"
    CONSUMER_PARTLY_INSERTED = "consumer.partly_inserted"
    CONSUMER_INSERTED = "consumer.inserted"
    CONSUMER_ENQUEUED = "consumer.enqueued"
    CONSUMER_REMEMBERED = "consumer.remembered"
    CONSUMER_BURIED = "consumer.buried"
    CONSUMER_COMMITTED = "consumer.committed"
    REPLAY_PRODUCED = "replay.produced"
    RECOMPUTE_BEFORE = "recompute.before"
    RECOMPUTE_HALF_WAY = "recompute.half_way"
    RECOMPUTE_AFTER = "recompute.after"


def reached(point: FaultPoint) -> None:
    """Do what is armed at this point: die as by kill -9, or leave word and wait.

    `kill:/path` kills the first process that gets there and leaves /path behind, with its pid in it, so that
    the next start passes. `pause:/path` creates /path.reached and goes on once /path exists.
    """
    action = _armed().get(point)
    if action:
        _do(action)


@cache
def _armed() -> dict[FaultPoint, str]:
    parts = [part for part in os.environ.get(VARIABLE, "").split(",") if part]
    return {FaultPoint(name): action for name, _, action in (part.partition("=") for part in parts)}


def _do(action: str) -> None:
    verb, _, place = action.partition(":")
    if verb == "pause":
        Path(f"{place}.reached").touch()
        while not Path(place).exists():
            time.sleep(_LOOK_AGAIN)
    elif verb == "kill":
        if not place or _is_first(Path(place)):
            os.kill(os.getpid(), signal.SIGKILL)
    else:
        raise ValueError(f"{action} is neither kill nor pause")


def _is_first(mark: Path) -> bool:
    try:
        with mark.open("x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return False
    return True
