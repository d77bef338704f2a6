"""From a 202 until the insights of the campaign count that event, and the memory of processes meanwhile.

Probes are sent on a schedule, whatever became of those before: while nothing moves, every one of them waits.
"""

import os
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from threading import Event
from typing import NamedTuple

from benchmarks.pipeline.own_stack import OwnStack
from benchmarks.pipeline.probes import Probes
from benchmarks.pipeline.sender import Plan, sender_pool, start
from warehouse.client import writer_of

FRESH_RATE = 2_000
FRESH_SECONDS = int(os.environ.get("FRESH_SECONDS", "600"))
PROBE_EVERY = 0.53  # no part of a second, which is the product's own rhythm: probes fall anywhere within it
# A question takes a tenth of a second of a slow core: asked without a pause it is a load of its own.
LOOK_AGAIN_AFTER = 0.3
MEMORY_EVERY = 4  # probes: adding up what processes share takes the kernel a twentieth of a second
VISIBLE_WITHIN = 120.0  # what is not by then is lost
_STORED = "SELECT count() FROM metric_events FINAL WHERE campaign_id = %(campaign)s"


class Watched(NamedTuple):
    """In the order of time: the seconds of every probe, and the megabytes of each process now and then."""

    seconds: Sequence[float]
    memory: Sequence[Mapping[str, float]]
    load: float  # events/s that were taken


def watched(stack: OwnStack, campaigns: Sequence[str]) -> Watched:
    """The first campaign has the probes, all others the load. Until every probe is visible."""
    probed, *loaded = campaigns
    plan = Plan(stack.port, stack.demo["api_key"], tuple(loaded), FRESH_RATE, FRESH_SECONDS, seed=1)
    probes, is_over = Probes(), Event()
    with sender_pool(1) as pool, ThreadPoolExecutor(1) as thread:
        load = start(pool, plan)
        probing = thread.submit(_probe, stack, probed, probes, is_over)
        try:
            while not load.ready() and not probing.done():
                _look(stack, probed, probes)
        finally:
            is_over.set()
        memory, sent = probing.result(), load.get()
    _look_for_the_last(stack, probed, probes)
    return Watched(probes.seconds(), memory, sent.events / max(sent.seconds, FRESH_SECONDS))


def _probe(stack: OwnStack, campaign: str, probes: Probes, is_over: Event) -> list[dict[str, float]]:
    """Sends them on time, or at once when late. Returns the memory now and then."""
    memory: list[dict[str, float]] = []
    began = time.perf_counter()
    for number in count():
        if is_over.wait(max(began + number * PROBE_EVERY - time.perf_counter(), 0.0)):
            break
        stack.call("POST", "/api/v1/events/", _event(campaign))
        probes.accepted(time.perf_counter())
        if number % MEMORY_EVERY == 0:
            memory.append(stack.memory_mb())
    return memory


def _event(campaign: str) -> dict[str, object]:
    return {
        "kind": "metric",
        "event_id": uuid.uuid4().hex,
        "occurred_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "campaign_id": campaign,
        "platform": "meta",
        "impressions": 1,
    }


def _look(stack: OwnStack, campaign: str, probes: Probes) -> None:
    """And rests after it."""
    impressions = stack.insights(campaign)["totals"]["impressions"]
    probes.counted(int(impressions or 0), time.perf_counter())
    time.sleep(LOOK_AGAIN_AFTER)


def _look_for_the_last(stack: OwnStack, campaign: str, probes: Probes) -> None:
    until = time.perf_counter() + VISIBLE_WITHIN
    while probes.unseen:
        if time.perf_counter() > until:
            raise AssertionError(
                f"{probes.unseen} events were accepted and are not counted. {_stands(stack, campaign)}"
            )
        _look(stack, campaign, probes)


def _stands(stack: OwnStack, campaign: str) -> str:
    """Where to look for what is not counted."""
    with closing(writer_of(stack.options())) as warehouse:
        rows = warehouse.value(_STORED, {"campaign": campaign}, feature="benchmark")
    answer = stack.insights(campaign)
    return f"The raw tables hold {rows}, the insights say {answer['totals']}, {answer['freshness']}"
