"""How fast a backlog comes from the log into the raw tables, against a bare loop.

The bare loop polls, decodes and inserts the same rows by clickhouse-driver, and does nothing else. Each runs
on a log of its own, in turns. The first batch, which joins the group, is not counted.
"""

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
from benchmarks.pipeline.stand import engines

EVENTS, ROUNDS = 200_000, 3
LEAST = {"window on": 0.6, "window off": 0.7}
LEAST_ON_KAFKA = 40_000


class Speed(NamedTuple):
    per_second: float
    cpu_us: float  # of this process for one event: what a busy machine distorts least


class Watch:
    """From the end of the first batch to the end of the last."""

    def __init__(self) -> None:
        self.events = 0
        self._began = self._cpu_began = 0.0
        self._before = 0

    def batch(self, events: int) -> bool:
        """True once all of them are there."""
        if not self.events:
            self._began, self._cpu_began = time.perf_counter(), time.process_time()
            self._before = events
        self.events += events
        return self.events >= EVENTS

    def speed(self) -> Speed:
        events = self.events - self._before
        seconds, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu_began
        return Speed(events / seconds, cpu / events * 1e6)


def main() -> None:
    event_log = sys.argv[1] if len(sys.argv) > 1 else "kafka"
    with engines(event_log):
        django.setup()
        speeds = _measure()
    _tell(event_log, speeds)


def _measure() -> dict[str, Speed]:
    contenders: dict[str, Callable[[Any, Any], Speed]] = {
        "bare loop": bare_loop,
        "window on": product,
        "window off": without_window,
    }
    speeds: dict[str, list[Speed]] = {name: [] for name in contenders}
    for number in range(ROUNDS):
        for name, contender in contenders.items():
            speeds[name].append(_one(f"{name.replace(' ', '-')}-{number}", contender))
    return {name: Speed(*map(median, zip(*found, strict=True))) for name, found in speeds.items()}


def _one(prefix: str, contender: Callable[[Any, Any], Speed]) -> Speed:
    from benchmarks.pipeline.backlog import fill
    from ingestion.eventlog.opening import open_log
    from runtime.config import configuration

    configured = configuration()
    options = structs.replace(configured, topics=structs.replace(configured.topics, prefix=prefix))
    with closing(open_log(options)) as log:
        fill(log, EVENTS)
        return contender(log, options)


def bare_loop(log: Any, options: Any) -> Speed:
    from ingestion.eventlog.base import MAIN_GROUP
    from ingestion.eventlog.topics import METRIC_EVENTS
    from ingestion.events.coding import read_metric_event
    from ingestion.events.identity import version_of
    from ingestion.pipeline.facts import Facts
    from ingestion.pipeline.rows import metric_rows
    from warehouse import client

    watch = Watch()
    with closing(log.consumer(MAIN_GROUP, [METRIC_EVENTS])) as consumer:
        while True:
            records = consumer.poll(options.consumer.batch_events, options.consumer.batch_seconds).records
            if not records:
                continue
            events = [read_metric_event(record.value) for record in records]
            versions = [version_of(event) for event in events]
            columns = metric_rows(Facts(events, records, [], versions))
            names, values = tuple(columns), tuple(columns.values())
            client.writer().insert_columns("metric_events", names, values, feature="bench")
            if watch.batch(len(records)):
                return watch.speed()


def product(log: Any, options: Any) -> Speed:
    from ingestion.pipeline.consumer import product_steps
    from ingestion.pipeline.running import Session, consume
    from ingestion.pipeline.stopping import StopRequest

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


def _tell(event_log: str, speeds: dict[str, Speed]) -> None:
    page = Table(title=f"drain of {EVENTS:,} events from {event_log}, median of {ROUNDS}", box=None)
    for heading in ("", "events/s", "of the bare loop", "", "CPU µs an event"):
        page.add_column(heading, justify="right")
    for name, speed in speeds.items():
        ratio = speed.per_second / speeds["bare loop"].per_second
        verdict = _verdict(ratio, LEAST[name]) if name in LEAST else ""
        page.add_row(name, f"{speed.per_second:,.0f}", f"{ratio:.2f}", verdict, f"{speed.cpu_us:.1f}")
    console = Console()
    console.print(describe())
    console.print(page)
    if event_log == "kafka":
        console.print(f"window on: {_verdict(speeds['window on'].per_second, LEAST_ON_KAFKA)} events/s")


def _verdict(found: float, least: float) -> str:
    return f"at least {least:,}: {'met' if found >= least else 'MISSED'}"


if __name__ == "__main__":
    main()
