"""How much goes through the whole product at a steady rate, and how soon an answer shows it.

*Sustained*: the highest rate at which neither the log nor the figures fall behind. *Freshness*: from
a 202 until the insights of the campaign count that event, at 2,000 events/s over 200 campaigns.
*Memory*: what consumer, worker and web take meanwhile, in the second quarter of that time and in the last.
"""

import sys
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from rich.console import Console

from benchmarks.machine import describe
from benchmarks.pipeline.freshness import FRESH_RATE, FRESH_SECONDS, Watched, watched
from benchmarks.pipeline.own_stack import MEASURED, OwnStack, own_stack
from benchmarks.pipeline.sustained import sustained
from benchmarks.verdict import verdict

CAMPAIGNS = 200
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


def _campaigns(stack: OwnStack) -> tuple[str, ...]:
    made = [
        stack.call("POST", "/api/v1/campaigns/", {"name": f"Measured {n}", "platform": "meta"})["id"]
        for n in range(CAMPAIGNS)
    ]
    return tuple(made)


if __name__ == "__main__":
    main()
