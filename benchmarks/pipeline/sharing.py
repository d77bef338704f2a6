"""How fast consumers drain a log that they share: each a process of its own, as where one is not enough."""

import multiprocessing
import time
from collections.abc import Sequence
from contextlib import closing
from threading import Thread
from typing import Any, NamedTuple

import django

CONSUMERS = 2
IDLE_SECONDS = 3.0
FIRST_WITHIN = 20.0
GLANCE = 0.1
PREPARED_WITHIN = 6.0


class Taken(NamedTuple):
    """A batch, once it lies in the raw tables."""

    at: float
    events: int


def together(prefix: str) -> float | None:
    """Events a second of all of them: from when each has its first batch until one has had its last.

    None if that was not for most of the events, because one joined so late: then it says nothing.
    """
    begin_at = time.monotonic() + PREPARED_WITHIN
    with multiprocessing.get_context("spawn").Pool(CONSUMERS, django.setup) as pool:
        shares = pool.starmap(_drain, [(prefix, begin_at)] * CONSUMERS, chunksize=1)
    began, ended = max(share[1].at for share in shares), min(share[-1].at for share in shares)
    events = sum(taken.events for share in shares for taken in share if began < taken.at <= ended)
    most = sum(taken.events for share in shares for taken in share) / 2
    return events / (ended - began) if events > most else None


def _drain(prefix: str, begin_at: float) -> list[Taken]:
    """Nothing at its beginning, then batch after batch."""
    from benchmarks.pipeline.backlog import own_topics
    from ingestion.eventlog.opening import open_log
    from ingestion.pipeline.consumer import product_steps
    from ingestion.pipeline.garbage import seldom_searched
    from ingestion.pipeline.running import Session, consume
    from ingestion.pipeline.stop_request import StopRequest

    options, stop, share = own_topics(prefix), StopRequest(), [Taken(begin_at, 0)]

    def show(records: Sequence[Any]) -> None:
        share.append(Taken(time.monotonic(), len(records)))

    with seldom_searched(), closing(open_log(options)) as log:
        steps = product_steps(log, prefix, options.consumer)
        time.sleep(max(begin_at - time.monotonic(), 0))
        Thread(target=_stop_when_idle, args=(share, stop), daemon=True).start()
        consume(Session(log, steps, options.consumer, stop, lambda: None, show))
    return share


def _stop_when_idle(share: Sequence[Taken], stop: Any) -> None:
    while time.monotonic() - share[-1].at < (IDLE_SECONDS if len(share) > 1 else FIRST_WITHIN):
        time.sleep(GLANCE)
    stop.make()
