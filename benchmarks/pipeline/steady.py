"""How much goes through the whole product at a steady rate, and how soon an answer shows it.

*Sustained*: the highest rate at which the lag of the log does not grow. *Freshness*: from
a 202 until the insights of the campaign count that event, at 2,000 events/s over 200 campaigns.
*Memory*: what consumer, worker and web take meanwhile, in the second quarter of that time and in the last.
"""

import http.client
import json
import os
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any, NamedTuple

from rich.console import Console

from benchmarks.machine import describe
from benchmarks.pipeline.own_stack import OwnStack, own_stack
from benchmarks.pipeline.sender import Plan, sender_pool, start
from benchmarks.verdict import verdict
from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import TOPICS

CAMPAIGNS = 200
RATES = tuple(map(int, os.environ.get("RATES", "2000 5000 8000 11000 15000 20000").split()))
RATE_SECONDS = int(os.environ.get("RATE_SECONDS", "40"))
SENDERS = int(os.environ.get("SENDERS", "1"))
FRESH_RATE = 2_000
FRESH_SECONDS = int(os.environ.get("FRESH_SECONDS", "600"))
MOST_LAG_SECONDS = 3.0  # of events that are on their way when the sender stops
MOST_FRESH_SECONDS = 3.0
LOOK_AGAIN_AFTER = 0.1  # to ask without a pause would be a load of its own
LEAST_SUSTAINED = 15_000
MOST_GROWTH = 1.1
LEAST_WORK = 0.5  # µs an event: less is not told
MEASURED = ("web", "consumer", "worker")


class Sample(NamedTuple):
    """How long an event took to be seen, and the megabytes of each process then."""

    seconds: float
    memory: Mapping[str, float]


def main() -> None:
    event_log = sys.argv[1] if len(sys.argv) > 1 else "redis"
    console = Console()
    console.print(f"The whole way on {event_log}, on {describe()}")
    with own_stack(CA_EVENT_LOG=event_log, CA_DATA_SOURCE="real", CA_FLOWER_ENABLED="false") as stack:
        campaigns = _campaigns(stack)
        samples = sampled(stack, campaigns, FRESH_SECONDS)
        _tell_freshness(console, [sample.seconds for sample in samples])
        _tell_growth(console, samples)
        best = sustained(console, stack, campaigns)
    console.print(
        f"{verdict(best >= LEAST_SUSTAINED)}: {best:,} events/s sustained, at least {LEAST_SUSTAINED:,}"
    )


def _tell_freshness(console: Console, seconds: Sequence[float]) -> None:
    half, p99 = len(seconds) // 2, quantiles(seconds, n=100)[98]
    console.print(
        f"{verdict(p99 < MOST_FRESH_SECONDS)}: visible after {median(seconds):.2f} s in the median, "
        f"{p99:.2f} s in 99 of 100, less than {MOST_FRESH_SECONDS:g} s, at {FRESH_RATE:,} events/s"
    )
    console.print(
        f"  {len(seconds)} samples in {FRESH_SECONDS} s; the median of the first half "
        f"{median(seconds[:half]):.2f} s, of the second {median(seconds[half:]):.2f} s"
    )


def _tell_growth(console: Console, samples: Sequence[Sample]) -> None:
    """The first quarter is left out: caches fill, pools open."""
    quarter = len(samples) // 4
    for name in MEASURED:
        sizes = [sample.memory[name] for sample in samples]
        early, late = median(sizes[quarter : 2 * quarter]), median(sizes[-quarter:])
        console.print(
            f"{verdict(late <= MOST_GROWTH * early)}: {name} {early:.0f} MB in the second quarter, "
            f"{late:.0f} MB in the last, at most {MOST_GROWTH:g} times as much"
        )


def _tell_memory(console: Console, stack: OwnStack) -> None:
    console.print("  memory: " + ", ".join(f"{name} {size:.0f} MB" for name, size in _memory(stack).items()))


def _memory(stack: OwnStack) -> dict[str, float]:
    return {name: stack.memory_mb(name) for name in MEASURED}


def _tell_work(console: Console, began: Mapping[str, float], ended: Mapping[str, float], events: int) -> None:
    """What fills the machine first; unlike the clock it says the same on a busy one."""
    work = {name: (seconds - began.get(name, 0.0)) / events * 1e6 for name, seconds in ended.items()}
    largest = sorted(work.items(), key=lambda item: -item[1])
    shares = ", ".join(f"{name} {micros:.1f}" for name, micros in largest if micros >= LEAST_WORK)
    console.print(f"  processor time of an event: {sum(work.values()):.0f} µs ({shares})")


def sustained(console: Console, stack: OwnStack, campaigns: tuple[str, ...]) -> int:
    best = 0
    for rate in RATES:
        began = stack.work()
        lag, seconds = _lag_after(stack, campaigns, rate)
        reached = rate * RATE_SECONDS / max(seconds, RATE_SECONDS)
        console.print(f"  {rate:,}/s asked, {reached:,.0f}/s taken, {lag:,} events behind at the end")
        _tell_work(console, began, stack.work(), rate * RATE_SECONDS)
        _tell_memory(console, stack)
        if lag > rate * MOST_LAG_SECONDS or reached < rate * 0.95:
            break
        best = rate
        _drain(stack)
    return best


def _lag_after(stack: OwnStack, campaigns: tuple[str, ...], rate: int) -> tuple[int, float]:
    """The log's lag the moment that the senders stop, and how long it took to send all."""
    plans = [
        Plan(stack.port, stack.demo["api_key"], campaigns, rate // SENDERS, RATE_SECONDS, seed=rate + sender)
        for sender in range(SENDERS)
    ]
    with sender_pool(SENDERS) as pool:
        sent = [sending.get() for sending in [start(pool, plan) for plan in plans]]
    return _lag(stack), max(each.seconds for each in sent)


def _lag(stack: OwnStack) -> int:
    log = open_log(stack.options())
    try:
        return sum(log.lag(MAIN_GROUP, TOPICS).values())
    finally:
        log.close()


def _drain(stack: OwnStack) -> None:
    while _lag(stack):
        time.sleep(0.5)


def sampled(stack: OwnStack, campaigns: tuple[str, ...], seconds: int) -> list[Sample]:
    """One after the other, under the load of all other campaigns."""
    plan = Plan(stack.port, stack.demo["api_key"], campaigns[1:], FRESH_RATE, seconds, seed=1)
    samples = []
    with sender_pool(1) as pool:
        load = start(pool, plan)
        while not load.ready():
            samples.append(Sample(_seconds_until_visible(stack, campaigns[0]), _memory(stack)))
        load.get()
    return samples


def _seconds_until_visible(stack: OwnStack, campaign: str) -> float:
    """One event of a campaign that nobody else sends for, from its 202 on."""
    before = _impressions(stack, campaign)
    event = {
        "kind": "metric",
        "event_id": uuid.uuid4().hex,
        "occurred_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "campaign_id": campaign,
        "platform": "meta",
        "impressions": 1,
    }
    _call(stack, "POST", "/api/v1/events/", event)
    accepted = time.perf_counter()
    while _impressions(stack, campaign) == before:
        time.sleep(LOOK_AGAIN_AFTER)
    return time.perf_counter() - accepted


def _impressions(stack: OwnStack, campaign: str) -> int:
    answer = _call(stack, "GET", f"/api/v1/campaigns/{campaign}/insights/?granularity=day")
    return int(answer["totals"]["impressions"] or 0)


def _campaigns(stack: OwnStack) -> tuple[str, ...]:
    made = [
        _call(stack, "POST", "/api/v1/campaigns/", {"name": f"Measured {n}", "platform": "meta"})["id"]
        for n in range(CAMPAIGNS)
    ]
    return tuple(made)


def _call(stack: OwnStack, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)
    headers = {"Authorization": f"Bearer {stack.demo['api_key']}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= http.client.BAD_REQUEST:
        raise AssertionError(f"{method} {path} answered {answer.status}: {text[:300]!r}")
    return json.loads(text)


if __name__ == "__main__":
    main()
