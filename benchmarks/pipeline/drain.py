"""How fast a backlog comes from the log into the raw tables, against a bare loop.

The bare loop polls, decodes and inserts the same rows by clickhouse-driver, and does nothing else: on the
same topics, in batches as large. Each has logs of its own; they take turns, so that a busy machine hits all
alike, and each ratio is of one turn. The first turn warms the engines and is not counted, nor is the first
batch of any, which joins the group. Processor time says more than the clock on a machine that others use.

One process has one core at most: what the machine takes is what two consumers take that share a log.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from statistics import median
from typing import Any, NamedTuple

import django
from msgspec import structs
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.stand import prepared_engines
from benchmarks.verdict import verdict
from embedded.process_table import cpu_seconds, family

EVENTS, TURNS = 200_000, int(os.environ.get("TURNS", "5"))
BARE = "bare loop"
LEAST = {"window on": 0.6, "window off": 0.7}
LEAST_ON_KAFKA = 40_000


class Speed(NamedTuple):
    per_second: float
    here_us: float  # processor time of this process for one event
    engines_us: float  # and of the log, the cache and the warehouse


class Watch:
    """From the end of the first batch to the end of the last."""

    def __init__(self) -> None:
        self.events = 0
        self._before = 0
        self._began = Readings(0, 0, 0)

    def batch(self, events: int) -> bool:
        """True once all of them are there."""
        if not self.events:
            self._began, self._before = readings(), events
        self.events += events
        return self.events >= EVENTS

    def speed(self) -> Speed:
        events = self.events - self._before
        clock, here, engines = (now - then for now, then in zip(readings(), self._began, strict=True))
        return Speed(events / clock, here / events * 1e6, engines / events * 1e6)


class Readings(NamedTuple):
    """In seconds."""

    clock: float
    here: float
    engines: float


def readings() -> Readings:
    engines = sum(map(cpu_seconds, family(os.getpid())[1:]))
    return Readings(time.perf_counter(), time.process_time(), engines)


def main() -> None:
    event_log = sys.argv[1] if len(sys.argv) > 1 else "kafka"
    with prepared_engines(event_log):
        django.setup()
        entries = _entries()
        turns = _measure(entries)
        shared = _measure_shared(entries)
    _tell(event_log, turns, shared)


def _entries() -> Sequence[Any]:
    from benchmarks.pipeline.backlog import backlog

    return backlog(EVENTS)


def _measure(entries: Sequence[Any]) -> list[dict[str, Speed]]:
    """Of each turn the speed of each."""
    from ingestion.pipeline.garbage import seldom_searched

    contenders: dict[str, Callable[[Any, Any], Speed]] = {
        BARE: bare_loop,
        "window on": product,
        "window off": without_window,
    }
    with seldom_searched():
        turns = [
            {name: _one(f"{name.replace(' ', '-')}-{turn}", run, entries) for name, run in contenders.items()}
            for turn in range(TURNS + 1)
        ]
    return turns[1:]


def _one(prefix: str, contender: Callable[[Any, Any], Speed], entries: Sequence[Any]) -> Speed:
    from benchmarks.pipeline.backlog import filled, own_topics

    with filled(prefix, entries) as log:
        return contender(log, own_topics(prefix))


def _measure_shared(entries: Sequence[Any]) -> list[float]:
    """Of a backlog as many times as long; of the turns in which both were at it for most of the time."""
    from benchmarks.pipeline.backlog import filled
    from benchmarks.pipeline.sharing import CONSUMERS, together

    speeds = []
    for turn in range(TURNS):
        with filled(f"shared-{turn}", entries, times=CONSUMERS):
            speeds.append(together(f"shared-{turn}"))
    return [speed for speed in speeds if speed]


def bare_loop(log: Any, options: Any) -> Speed:
    from ingestion.eventlog.base import MAIN_GROUP
    from ingestion.eventlog.topics import TOPICS
    from ingestion.events.coding import read_metric_event
    from ingestion.pipeline.decoding import facts_of
    from ingestion.pipeline.rows import metric_rows
    from warehouse import client

    watch = Watch()
    with closing(log.consumer(MAIN_GROUP, TOPICS)) as consumer:
        while True:
            records = consumer.poll(options.consumer.batch_events, options.consumer.batch_seconds).records
            if not records:
                continue
            events = [read_metric_event(record.value) for record in records]
            columns = metric_rows(facts_of(events, records))
            names, values = tuple(columns), tuple(columns.values())
            client.writer().insert_columns("metric_events", names, values, feature="bench")
            if watch.batch(len(records)):
                return watch.speed()


def product(log: Any, options: Any) -> Speed:
    from ingestion.pipeline.consumer import product_steps
    from ingestion.pipeline.running import Session, consume
    from ingestion.pipeline.stop_request import StopRequest

    watch, stop = Watch(), StopRequest()

    def show(records: Sequence[Any]) -> None:
        if watch.batch(len(records)):
            stop.make()
            speeds.append(watch.speed())

    speeds: list[Speed] = []
    steps = product_steps(log, options.topics.prefix, options.consumer)
    consume(Session(log, steps, options.consumer, stop, lambda: None, show))
    return speeds[0]


def without_window(log: Any, options: Any) -> Speed:
    off = structs.replace(options.consumer, seen_events=0)
    return product(log, structs.replace(options, consumer=off))


def _tell(event_log: str, turns: list[dict[str, Speed]], shared: list[float]) -> None:
    page = Table(title=f"drain of {EVENTS:,} events from {event_log}, median of {TURNS} turns", box=None)
    for heading in (
        "",
        "events/s",
        "of the bare loop",
        "",
        "CPU µs an event",
        "of the engines",
        "CPU of bare",
    ):
        page.add_column(heading, justify="right")
    for name in turns[0]:
        speed = Speed(*map(median, zip(*(turn[name] for turn in turns), strict=True)))
        ratio = median(turn[name].per_second / turn[BARE].per_second for turn in turns)
        work = median(turn[name].here_us / turn[BARE].here_us for turn in turns)
        told = _told(ratio, LEAST[name]) if name in LEAST else ""
        figures = (f"{speed.here_us:.1f}", f"{speed.engines_us:.1f}", f"{work:.2f}")
        page.add_row(name, f"{speed.per_second:,.0f}", f"{ratio:.2f}", told, *figures)
    console = Console(width=120)
    console.print(describe())
    console.print(page)
    alone = [turn["window on"].per_second for turn in turns]
    for who, speeds in (("one consumer, window on", alone), ("two that share the log", shared)):
        each = ", ".join(f"{speed:,.0f}" for speed in speeds)
        told = f", {_told(median(speeds), LEAST_ON_KAFKA)}" if event_log == "kafka" and speeds else ""
        console.print(f"{who}: {each or 'in no turn'} events/s{told}")


def _told(found: float, least: float) -> str:
    return f"at least {least:,}: {verdict(found >= least)}"


if __name__ == "__main__":
    main()
