"""The statements of a recompute: each is one INSERT … SELECT into one level.

It reads what the level is made of and the keys that stand in it, all with FINAL, and writes new figures or,
for a key that nothing tells of any more, a deletion row. Its version is the engine's clock when it began, or
one more than what stands, should that clock have gone back meanwhile.

Parameters: `spans` is what is asked for, as JSON, since a text is read sooner than a hundred literals;
`first` and `last` bound it in time, `seconds` is how long the statement may take. For days of a zone, whose
name is a mere word here: `days` by number, begin and end, `edges` where one begins or ends, and `dates`, the
number of the day that begins at each edge, else 0.
"""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import NamedTuple

from insights.local_days import TWO_DAYS
from insights.sources import EVENTS, TRACKED
from warehouse.instants import instant
from warehouse.tables import REPORT_KEY, ROLLUP_15MIN, ROLLUP_DAY, ROLLUP_MINUTE, SUMS, Table

# How long the minutes of a quarter of an hour are kept up: an older one is made of raw rows.
MINUTES_SERVE_HOURS = 36

_MINUTES_SERVE = f"INTERVAL {MINUTES_SERVE_HOURS} HOUR"
_CLOCK = "toUInt64(toUnixTimestamp64Micro(now64(6)))"
_FIGURES = ", ".join(SUMS)
_UNTOLD = ", ".join(f"CAST(NULL, '{kind}') AS {name}" for name, kind in SUMS.items())
_ONE = "toNullable(1)"
# Not as a constant: the analyser looks at each element of one again and again.
_SPANS = """
    system.one
    ARRAY JOIN JSONExtract(materialize(%(spans)s), 'Array(Tuple(UUID, UUID, String, UInt32, UInt32))') AS span
"""


class Level(NamedTuple):
    """A rollup by fixed lengths of time: its table, the length, and the bucket that a time lies in."""

    table: Table
    seconds: int
    bucket_of: str


class Below(StrEnum):
    """What quarters of an hour are made of."""

    MINUTES = "minutes"
    RAW_ROWS = "raw rows"


MINUTE = Level(ROLLUP_MINUTE, 60, "toStartOfMinute")
QUARTER_HOUR = Level(ROLLUP_15MIN, 900, "toStartOfFifteenMinutes")


def minutes_of_facts(sources: Collection[str]) -> str:
    young = f"toStartOfFifteenMinutes(bucket) > now() - {_MINUTES_SERVE}"
    return _statement(MINUTE.table, _asked(MINUTE, young), *_facts(sources, MINUTE))


def quarter_hours_of_facts(sources: Collection[str], below: Collection[Below]) -> str:
    """Made of their minutes while those are kept up. Only what is `below` is looked at: each costs."""
    young, old = (f"bucket {sign} now() - {_MINUTES_SERVE}" for sign in (">", "<="))
    parts = [_minutes(young)] if Below.MINUTES in below else []
    parts += _facts(sources, QUARTER_HOUR, old) if Below.RAW_ROWS in below else []
    return _statement(QUARTER_HOUR.table, _asked(QUARTER_HOUR), *parts)


def quarter_hours_of_hourly_reports() -> str:
    """An hour stands in the quarter of an hour that it begins with."""
    reported = _reported("toStartOfFifteenMinutes(starts_at)")
    return _statement(QUARTER_HOUR.table, _asked(QUARTER_HOUR), reported)


def days_of_quarter_hours() -> str:
    """In one zone. Which quarters of an hour lie near a day is what the index can tell."""
    touched = "arrayFilter(day -> day.3 > intDiv(span.4, 900) * 900 AND day.2 < span.5, %(days)s)"
    asked = f"""
        SELECT workspace_id, campaign_id, source, toDate(day.1) AS bucket,
               toDate(toDateTime(day.2, 'UTC')) AS first, toDate(toDateTime(day.3 - 1, 'UTC')) AS last
        FROM (
            SELECT span.1 AS workspace_id, span.2 AS campaign_id, span.3 AS source,
                   arrayJoin({touched}) AS day
            FROM {_SPANS}
        )
    """
    day = "toDate(transform(roundDown(toUnixTimestamp(bucket), %(edges)s), %(edges)s, %(dates)s, 0))"
    each_day = "first + arrayJoin(range(toUInt32(last - first + 1)))"
    near = f"(SELECT workspace_id, campaign_id, {each_day}, source FROM asked)"
    quarter_hours = f"""
        SELECT workspace_id, campaign_id, %(zone)s AS timezone, {day} AS day, source, platform, region,
               device, currency, {_FIGURES}, 0 AS stands
        FROM rollup_15min FINAL
        WHERE (workspace_id, campaign_id, toDate(bucket), source) IN {near}
          AND (workspace_id, campaign_id, day, source) IN {_wanted()}
    """
    return _statement(ROLLUP_DAY, asked, quarter_hours, where="timezone = %(zone)s")


def days_of_daily_reports() -> str:
    """The account's own days, in whichever zone: none is farther from UTC than 14 hours."""
    first, last = "toDate(toDateTime(span.4 - 43200, 'UTC'))", "toDate(toDateTime(span.5 + 50399, 'UTC'))"
    asked = _spans(f"{first} + arrayJoin(range(toUInt32({last} - {first} + 1)))")
    return _statement(ROLLUP_DAY, asked, _reported("toDate(bucket)", "timezone,"))


def _statement(table: Table, asked: str, *below: str, where: str = "1") -> str:
    """Each part of `below` yields the key, the figures and 0."""
    key = table.sorting_key
    parts = (f"SELECT *, toUInt64(0) AS before FROM ({part})" for part in below)
    standing = f"""
        SELECT {key}, {_UNTOLD}, 1 AS stands, version AS before
        FROM {table.name} FINAL
        WHERE (workspace_id, campaign_id, bucket, source) IN {_wanted()} AND {where}
    """
    return f"""
        INSERT INTO {table.name} ({key}, {_FIGURES}, version, is_deleted)
        WITH asked AS ({asked})
        SELECT {key}, {", ".join(f"sum({name})" for name in SUMS)}, greatest({_CLOCK}, max(before) + 1),
               min(stands)
        FROM ({" UNION ALL ".join((standing, *parts))})
        GROUP BY {key}
        SETTINGS max_execution_time = %(seconds)s, do_not_merge_across_partitions_select_final = 1
    """


def _asked(level: Level, where: str = "1") -> str:
    """Every bucket that a span touches."""
    step = level.seconds
    first, after = f"intDiv(span.4, {step})", f"intDiv(span.5 - 1, {step}) + 1"
    buckets = f"toDateTime({step} * arrayJoin(range({first}, {after})), 'UTC')"
    return f"{_spans(buckets)} WHERE {where}"


def _spans(buckets: str) -> str:
    return f"""
        SELECT span.1 AS workspace_id, span.2 AS campaign_id, span.3 AS source, {buckets} AS bucket
        FROM {_SPANS}
    """


def _wanted(where: str = "1") -> str:
    return f"(SELECT workspace_id, campaign_id, bucket, source FROM asked WHERE {where})"


def _wanted_of(source: str, where: str) -> str:
    """Where nothing is wanted of a source, the index leaves out all of it."""
    return f"(SELECT workspace_id, campaign_id, bucket FROM asked WHERE source = '{source}' AND {where})"


def _within(level: Level) -> str:
    """The buckets of all spans: quickly said of a row, before its own bucket is looked up."""
    step = level.seconds
    first, after = f"intDiv(%(first)s, {step}) * {step}", f"(intDiv(%(last)s - 1, {step}) + 1) * {step}"
    return f"occurred_at >= {instant(first)} AND occurred_at < {instant(after)}"


def _minutes(where: str) -> str:
    return f"""
        SELECT workspace_id, campaign_id, {QUARTER_HOUR.bucket_of}(bucket) AS quarter_hour, source,
               platform, region, device, currency, {_FIGURES}, 0 AS stands
        FROM rollup_minute FINAL
        WHERE (workspace_id, campaign_id, {QUARTER_HOUR.bucket_of}(bucket), source) IN {_wanted(where)}
    """


def _facts(sources: Collection[str], level: Level, where: str = "1") -> list[str]:
    """Of those sources alone that are asked for: each costs a look at its table."""
    told: dict[str, Callable[[Level, str], str]] = {EVENTS: _events, TRACKED: _tracked}
    return [tell(level, where) for source, tell in told.items() if source in sources]


def _events(level: Level, where: str) -> str:
    return f"""
        SELECT workspace_id, campaign_id, {level.bucket_of}(occurred_at) AS bucket, '{EVENTS}' AS source,
               platform, region, device, {_currency("isNotNull(spend) OR isNotNull(revenue)")}, {_FIGURES},
               0 AS stands
        FROM metric_events FINAL
        PREWHERE {_within(level)}
        WHERE (workspace_id, campaign_id, {level.bucket_of}(occurred_at)) IN {_wanted_of(EVENTS, where)}
    """


def _tracked(level: Level, where: str) -> str:
    """What was tracked, counted by kind; only a conversion has a value."""
    return f"""
        SELECT workspace_id, campaign_id, {level.bucket_of}(occurred_at) AS bucket, '{TRACKED}' AS source,
               platform, region, device, {_currency("kind = 'conversion' AND isNotNull(value)")},
               if(kind = 'impression', {_ONE}, NULL), if(kind = 'click', {_ONE}, NULL),
               if(kind = 'conversion', {_ONE}, NULL), NULL, if(kind = 'conversion', value, NULL), 0 AS stands
        FROM interactions FINAL
        PREWHERE {_within(level)}
        WHERE (workspace_id, campaign_id, {level.bucket_of}(occurred_at)) IN {_wanted_of(TRACKED, where)}
    """


def _reported(bucket: str, timezone: str = "") -> str:
    """The slices of the standing snapshots; the ad accounts of a campaign add up."""
    near = f"bucket BETWEEN toDateTime(%(first)s - {TWO_DAYS}) AND toDateTime(%(last)s + {TWO_DAYS})"
    asked = "workspace_id IN (SELECT workspace_id FROM asked) AND report IN (SELECT source FROM asked)"
    standing = f"""
        SELECT {REPORT_KEY}, max(snapshots.version) AS version,
               argMax(snapshots.timezone, snapshots.version) AS timezone
        FROM snapshots
        WHERE {asked} AND {near}
        GROUP BY {REPORT_KEY}
    """
    return f"""
        SELECT workspace_id, campaign_id, {timezone} {bucket} AS reported, report, platform, region, device,
               {_currency("isNotNull(spend) OR isNotNull(revenue)")}, {_FIGURES}, 0 AS stands
        FROM ({_slices(f"{asked} AND {near}", standing)}) AS slices
        INNER JOIN ({standing}) AS standing USING ({REPORT_KEY}, version)
        WHERE (workspace_id, campaign_id, {bucket}, report) IN {_wanted()}
        LIMIT 1 BY {REPORT_KEY}, slices.region, slices.device
    """


def _slices(where: str, standing: str) -> str:
    """As told last, and all of before where the snapshot of the last ones is not there yet."""
    told = f"{REPORT_KEY}, region, device, version, campaign_id, starts_at, currency, {_FIGURES}"
    newest = f"SELECT {REPORT_KEY}, max(version) AS newest FROM snapshot_slices WHERE {where} GROUP BY ALL"
    early = f"""
        SELECT {REPORT_KEY}
        FROM ({newest}) AS told INNER JOIN ({standing}) AS standing USING ({REPORT_KEY})
        WHERE newest > standing.version
    """
    return f"""
        SELECT {told} FROM snapshot_slices FINAL WHERE {where}
        UNION ALL
        SELECT {told} FROM performance_history WHERE {where} AND ({REPORT_KEY}) IN ({early})
    """


def _currency(has_money: str) -> str:
    """A row without money has none, so that its figures stand in one row whatever else was said."""
    return f"if({has_money}, currency, '') AS currency"
