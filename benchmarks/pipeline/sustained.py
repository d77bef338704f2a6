"""The highest rate that is accepted, stored and rolled up with a lag that does not grow."""

import math
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.pool import AsyncResult

from rich.console import Console

from benchmarks.pipeline.keeping_up import Behind, Course, shortfalls
from benchmarks.pipeline.own_stack import OwnStack
from benchmarks.pipeline.sender import Plan, Sent, sender_pool, shares, start
from ingestion.eventlog.base import MAIN_GROUP, EventLog
from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import TOPICS

RATES = tuple(map(int, os.environ.get("RATES", "2000 5000 8000 11000 15000 20000").split()))
RATE_SECONDS = int(os.environ.get("RATE_SECONDS", "40"))
SENDERS = int(os.environ.get("SENDERS", "2"))
LOOK_EVERY = 1.0
LEAST_WORK = 0.5  # µs an event: less is not told


def sustained(console: Console, stack: OwnStack, campaigns: Sequence[str]) -> int:
    best = 0
    with closing(open_log(stack.options())) as log:
        for rate in RATES:
            began = stack.work()
            course = _course(stack, log, campaigns, rate)
            _tell(console, course)
            _tell_work(console, began, stack.work(), rate * RATE_SECONDS)
            _tell_memory(console, stack)
            if shortfalls(course):
                break
            best = rate
            _drain(log)
    return best


def _course(stack: OwnStack, log: EventLog, campaigns: Sequence[str], rate: int) -> Course:
    plans = [
        Plan(stack.port, stack.demo["api_key"], tuple(campaigns), share, RATE_SECONDS, seed=rate + sender)
        for sender, share in enumerate(shares(rate, SENDERS))
    ]
    with sender_pool(SENDERS) as pool:
        sending = [start(pool, plan) for plan in plans]
        behind = _watched(stack, log, campaigns[0], sending)
        seconds = max(each.get().seconds for each in sending)
    return Course(rate, rate * RATE_SECONDS / max(seconds, RATE_SECONDS), behind)


def _watched(
    stack: OwnStack, log: EventLog, campaign: str, sending: Sequence["AsyncResult[Sent]"]
) -> list[Behind]:
    """The last of them the moment that the senders stop."""
    behind = []
    while under_way := [each for each in sending if not each.ready()]:
        behind.append(_behind(stack, log, campaign))
        under_way[0].wait(LOOK_EVERY)
    return [*behind, _behind(stack, log, campaign)]


def _behind(stack: OwnStack, log: EventLog, campaign: str) -> Behind:
    lag = _lag(log)
    through = stack.insights(campaign)["freshness"]["data_through"]
    if through is None:
        return Behind(lag, math.inf)
    return Behind(lag, (datetime.now(UTC) - datetime.fromisoformat(through)).total_seconds())


def _lag(log: EventLog) -> int:
    return sum(log.lag(MAIN_GROUP, TOPICS).values())


def _drain(log: EventLog) -> None:
    while _lag(log):
        time.sleep(0.5)


def _tell(console: Console, course: Course) -> None:
    moments = (course.until_half_time, course.until_the_end, course.end)
    events = ", ".join(f"{moment.events:,.0f}" for moment in moments)
    seconds = ", ".join(f"{moment.seconds:.1f}" for moment in moments)
    console.print(
        f"  {course.rate:,}/s asked, {course.taken:,.0f}/s taken; in the second quarter, the last one and at "
        f"the end the log was behind by {events} events, the figures by {seconds} s: "
        f"{', '.join(shortfalls(course)) or 'kept up'}"
    )


def _tell_work(console: Console, began: Mapping[str, float], ended: Mapping[str, float], events: int) -> None:
    """What fills the machine first; unlike the clock it says the same on a busy one."""
    work = {name: (seconds - began.get(name, 0.0)) / events * 1e6 for name, seconds in ended.items()}
    largest = sorted(work.items(), key=lambda item: -item[1])
    told = ", ".join(f"{name} {micros:.1f}" for name, micros in largest if micros >= LEAST_WORK)
    console.print(f"  processor time of an event: {sum(work.values()):.0f} µs ({told})")


def _tell_memory(console: Console, stack: OwnStack) -> None:
    sizes = ", ".join(f"{name} {size:.0f} MB" for name, size in stack.memory_mb().items())
    console.print(f"  memory: {sizes}")
