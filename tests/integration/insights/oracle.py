"""What the rollups must hold, worked out from every raw row there was, in plain Python."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.insights.raw import Figures, Raw, Row, Standing

REPORT_KEY = ("workspace_id", "platform", "external_account_id", "report", "external_campaign_id", "bucket")

Fact = tuple[datetime, str, Row, Figures]


def is_fresh(raw: Raw) -> bool:
    """At the levels that the first pass over marks makes."""
    minutes, quarter_hours = raw.standing("rollup_minute"), raw.standing("rollup_15min")
    return minutes == by_minute(raw) and quarter_hours == by_quarter_hour(raw)


def is_right(raw: Raw) -> bool:
    """At every level, for a campaign with days in Berlin."""
    return is_fresh(raw) and raw.standing("rollup_day", "timezone, bucket") == by_day(raw, "Europe/Berlin")


def by_minute(raw: Raw) -> Standing:
    return _sums(_facts(raw), lambda at: (at.replace(second=0, microsecond=0),))


def by_quarter_hour(raw: Raw) -> Standing:
    facts = [*_facts(raw), *_reported(raw, "hour")]
    return _sums(facts, lambda at: (at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0),))


def by_day(raw: Raw, *zones: str) -> Standing:
    """With the zone in front of the day; daily reports come in their account's."""
    found = _sums(_reported(raw, "day", local=True), lambda at: (at.tzinfo.key, at.date()))  # type: ignore[union-attr]
    facts = [*_facts(raw), *_reported(raw, "hour")]
    for zone in zones:
        found |= _sums(facts, lambda at, zone=zone: (zone, at.astimezone(ZoneInfo(zone)).date()))  # type: ignore[misc]
    return found


def _facts(raw: Raw) -> Iterator[Fact]:
    for row in _standing(raw.events, ("campaign_id", "occurred_at", "event_id_as_sent")):
        yield _time(row), "events", row, _told(row)
    for row in _standing(raw.interactions, ("campaign_id", "kind", "occurred_at", "event_id_as_sent")):
        yield _time(row), "tracked", row, _tracked(row)


def _reported(raw: Raw, kind: str, *, local: bool = False) -> Iterator[Fact]:
    snapshots = {tuple(row[name] for name in REPORT_KEY): row for row in _standing(raw.snapshots, REPORT_KEY)}
    for row in _standing(raw.slices, (*REPORT_KEY, "region", "device", "version")):
        snapshot = snapshots.get(tuple(row[name] for name in REPORT_KEY))
        if not snapshot or snapshot["version"] != row["version"] or row["campaign_id"] != raw.campaign_id:
            continue
        if row["report"].startswith(kind):
            wall_clock = row["bucket"].replace(tzinfo=ZoneInfo(snapshot["timezone"]))
            yield (wall_clock if local else row["starts_at"]), row["report"], row, _told(row)


def _standing(rows: list[Row], identity: tuple[str, ...]) -> list[Row]:
    newest: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in identity)
        if key not in newest or row["version"] >= newest[key]["version"]:
            newest[key] = row
    return list(newest.values())


def _sums(facts: Any, place: Callable[[datetime], tuple[Any, ...]]) -> Standing:
    found: Standing = {}
    for at, source, row, told in facts:
        has_money = told.spend is not None or told.revenue is not None
        dimensions = (row["platform"], row["region"], row["device"], row["currency"] if has_money else "")
        key = (*place(at), source, *dimensions)
        found[key] = _added(found.get(key, Figures()), told)
    return found


def _added(one: Figures, other: Figures) -> Figures:
    return Figures(*(a if b is None else b if a is None else a + b for a, b in zip(one, other, strict=True)))


def _told(row: Row) -> Figures:
    return Figures(*(row[name] for name in Figures._fields))


def _tracked(row: Row) -> Figures:
    match row["kind"]:
        case "impression":
            return Figures(impressions=1)
        case "click":
            return Figures(clicks=1)
        case _:
            return Figures(conversions=Decimal(1), revenue=row["value"])


def _time(row: Row) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=row["occurred_at"])
