"""Where a wrong figure went wrong: on the way into the raw tables, or from there into the rollups."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tests.drill.oracle import Event, Ledger
from tests.drill.standing import Warehouse

SHOWN = 5
_FACTS = """
SELECT toString(campaign_id), 'metric', toUnixTimestamp64Milli(occurred_at), event_id, impressions
FROM metric_events FINAL WHERE workspace_id = %(workspace)s
UNION ALL
SELECT toString(campaign_id), toString(kind), toUnixTimestamp64Milli(occurred_at), event_id, NULL
FROM interactions FINAL WHERE workspace_id = %(workspace)s
"""
_ROLLUPS = """
SELECT bucket, source, count(), max(toDateTime64(version / 1000000, 6, 'UTC')) AS recomputed_at
FROM rollup_15min FINAL WHERE campaign_id = %(campaign)s
GROUP BY bucket, source ORDER BY recomputed_at DESC LIMIT 3
"""
_MARKS = """
SELECT bucket, source, settled, marked_at, written_at
FROM dirty_buckets WHERE campaign_id = %(campaign)s
ORDER BY marked_at DESC, settled LIMIT 6
"""

Fact = tuple[Any, ...]  # its identity, behind it what tells one payload from most others


def evidence(ledger: Ledger, warehouse: Warehouse, wrong: Iterable[str]) -> list[str]:
    """In words, for whoever has to find out why figures are wrong; to be taken before anything moves on."""
    told = {_fact(event) for event in ledger.standing()}
    stored = set(warehouse.rows(_FACTS))
    campaigns = {event["campaign_id"] for event in ledger.sent.values()}
    return [
        *_named("missing from the raw tables", told - stored),
        *_named("only in the raw tables", stored - told),
        *(
            line
            for campaign in sorted(campaigns)
            if any(campaign in what for what in wrong)
            for line in _aggregated(warehouse, campaign)
        ),
    ]


def _named(where: str, facts: set[Fact]) -> Iterator[str]:
    yield f"{len(facts)} facts are {where}"
    yield from (f"  {fact}" for fact in sorted(facts, key=str)[:SHOWN])


def _aggregated(warehouse: Warehouse, campaign: str) -> Iterator[str]:
    for what, sql in (("recomputed", _ROLLUPS), ("marked", _MARKS)):
        yield f"last {what} of {campaign}:"
        yield from (f"  {' '.join(map(str, row))}" for row in warehouse.rows(sql, campaign=campaign))


def _fact(event: Event) -> Fact:
    moment = datetime.fromisoformat(event["occurred_at"]).astimezone(UTC)
    milliseconds = round(moment.timestamp() * 1000)
    return event["campaign_id"], event["kind"], milliseconds, event["event_id"], event.get("impressions")
