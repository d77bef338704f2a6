"""How much goes through the whole product at a steady rate, and how soon an answer shows it.

*Sustained*: the highest rate at which the lag of the log does not grow. *Freshness*: from
a 202 until the insights of the campaign count that event, at 2,000 events/s over 200 campaigns.
*Memory*: what consumer, worker and web take meanwhile, in the second quarter of that time and in the last.
"""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from rich.console import Console

from benchmarks.machine import describe
from benchmarks.pipeline.freshness import FRESH_RATE, FRESH_SECONDS, Watched, watched
from benchmarks.pipeline.own_stack import MEASURED, OwnStack, own_stack
from benchmarks.pipeline.sender import Plan, sender_pool, start
from benchmarks.verdict import verdict
from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import TOPICS

CAMPAIGNS = 200
RATES = tuple(map(int, os.environ.get("RATES", "2000 5000 8000 11000 15000 20000").split()))
RATE_SECONDS = int(os.environ.get("RATE_SECONDS", "40"))
SENDERS = int(os.environ.get("SENDERS", "1"))
MOST_LAG_SECONDS = 3.0  # of events that are on their way when the sender stops
LEAST_WORK = 0.5  # µs an event: less is not told
MOST_FRESH_SECONDS = 3.0
LEAST_SUSTAINED = 15_000
MOST_GROWTH = 1.1


def main() -> None:
    event_log = sys.argv[1] if len(sys.argv) > 1 else "redis"
    console = Console()
    console.print(f"The whole way on {event_log}, on {describe()}")
    with own_stack(CA_EVENT_LOG=event_log, CA_DATA_SOURCE="real", CA_FLOWER_ENABLED="false") as stack:
        campaigns = _campaigns(stack)
        found = watched(stack, campaigns)
        _tell_freshness(console, found)
        _tell_growth(console, found.memory)
        best = sustained(console, stack, campaigns)
    console.print(
        f"{verdict(best >= LEAST_SUSTAINED)}: {best:,} events/s sustained, at least {LEAST_SUSTAINED:,}"
    )


def _tell_freshness(console: Console, found: Watched) -> None:
    seconds = found.seconds
    half, p99 = len(seconds) // 2, quantiles(seconds, n=100)[98]
    console.print(
        f"{verdict(p99 < MOST_FRESH_SECONDS)}: visible after {median(seconds):.2f} s in the median, "
        f"{p99:.2f} s in 99 of 100, less than {MOST_FRESH_SECONDS:g} s, at {FRESH_RATE:,} events/s"
    )
    console.print(
        f"  {len(seconds)} samples in {FRESH_SECONDS} s, the slowest {max(seconds):.2f} s; the median of the "
        f"first half {median(seconds[:half]):.2f} s, of the second {median(seconds[half:]):.2f} s; "
        f"{found.load:,.0f} events/s were taken"
    )


def _tell_growth(console: Console, memory: Sequence[Mapping[str, float]]) -> None:
    """The first quarter is left out: caches fill, pools open."""
    quarter = len(memory) // 4
    for name in MEASURED:
        sizes = [then[name] for then in memory]
        early, late = median(sizes[quarter : 2 * quarter]), median(sizes[-quarter:])
        console.print(
            f"{verdict(late <= MOST_GROWTH * early)}: {name} {early:.0f} MB in the second quarter, "
            f"{late:.0f} MB in the last, at most {MOST_GROWTH:g} times as much"
        )


def _tell_memory(console: Console, stack: OwnStack) -> None:
    console.print(
        "  memory: " + ", ".join(f"{name} {size:.0f} MB" for name, size in stack.memory_mb().items())
    )


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


def _campaigns(stack: OwnStack) -> tuple[str, ...]:
    made = [
        stack.call("POST", "/api/v1/campaigns/", {"name": f"Measured {n}", "platform": "meta"})["id"]
        for n in range(CAMPAIGNS)
    ]
    return tuple(made)


if __name__ == "__main__":
    main()
