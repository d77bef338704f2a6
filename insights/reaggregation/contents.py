"""What a scope holds: the months and days with raw rows, and those that have figures without any."""

from datetime import date

import msgspec

from insights.local_days import TWO_DAYS
from insights.reaggregation.scope import CampaignRange
from insights.sources import EVENTS, TRACKED
from warehouse import client
from warehouse.instants import instant
from warehouse.partitions import partitions_of
from warehouse.tables import (
    INTERACTIONS,
    METRIC_EVENTS,
    ROLLUP_15MIN,
    ROLLUP_DAY,
    ROLLUP_MINUTE,
    SNAPSHOT_SLICES,
    SNAPSHOTS,
)

FEATURE = "reaggregate"
LAST_MONTH = 999_999  # a larger number names a day

# Wherever something may lie that a range is about.
TABLES = (
    METRIC_EVENTS,
    INTERACTIONS,
    SNAPSHOTS,
    SNAPSHOT_SLICES,
    ROLLUP_MINUTE,
    ROLLUP_15MIN,
    ROLLUP_DAY,
)

# Days with raw rows, and days that have figures without any: those are what a repair is for. The day of an
# account may have begun on the day before in UTC. Partitions of snapshots follow from `bucket`.
_DAYS = """
SELECT day, source, sum(found) FROM (
    SELECT toDate(occurred_at) AS day, '{events}' AS source, count() AS found
    FROM metric_events WHERE {mine} AND {within} GROUP BY ALL
    UNION ALL
    SELECT toDate(occurred_at) AS day, '{tracked}' AS source, count() AS found
    FROM interactions WHERE {mine} AND {within} GROUP BY ALL
    UNION ALL
    SELECT toDate(starts_at) AS day, report AS source, count() AS found
    FROM snapshot_slices WHERE {mine} AND {near} AND starts_at >= {first} AND starts_at < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(starts_at) AS day, report AS source, count() AS found
    FROM snapshots WHERE {mine} AND {near} AND starts_at >= {first} AND starts_at < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(bucket) AS day, source, 0 AS found
    FROM rollup_minute WHERE {mine} AND bucket >= {first} AND bucket < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(bucket) AS day, source, 0 AS found
    FROM rollup_15min WHERE {mine} AND bucket >= {first} AND bucket < {last} GROUP BY ALL
    UNION ALL
    SELECT arrayJoin(if(startsWith(source, 'day'), [bucket - 1, bucket], [bucket])) AS day,
           source, 0 AS found
    FROM rollup_day WHERE {mine} AND bucket >= toDate({first}) - 1 AND bucket <= toDate({last}) + 1
    GROUP BY ALL
)
GROUP BY day, source
ORDER BY day, source
""".format(  # noqa: S608 (fragments of ours)
    events=EVENTS,
    tracked=TRACKED,
    mine="workspace_id = %(workspace)s AND campaign_id = %(campaign)s",
    within=f"occurred_at >= {instant('%(first)s')} AND occurred_at < {instant('%(last)s')}",
    near=f"bucket BETWEEN toDateTime(%(first)s - {TWO_DAYS}, 'UTC')"
    f" AND toDateTime(%(last)s + {TWO_DAYS}, 'UTC')",
    first="toDateTime(%(first)s, 'UTC')",
    last="toDateTime(%(last)s, 'UTC')",
)


class Day(msgspec.Struct, frozen=True):
    """A day in UTC of one source of a campaign, and the raw rows that lie there."""

    day: date
    source: str
    rows: int


def months_with_rows() -> set[int]:
    """And those beside them: months of an ad account are not those of UTC."""
    reader = client.reader()
    found = {number for table in TABLES for number in partitions_of(table, reader=reader, feature=FEATURE)}
    months = {number // 100 if number > LAST_MONTH else number for number in found}
    return months | {later(month) for month in months} | {_earlier(month) for month in months}


def days_of(wanted: CampaignRange) -> list[Day]:
    parameters = {
        "workspace": wanted.workspace_id,
        "campaign": wanted.campaign_id,
        "first": int(wanted.first.timestamp()),
        "last": int(wanted.last.timestamp()),
    }
    return [Day(*row) for row in client.reader().rows(_DAYS, parameters, feature=FEATURE)]


def later(month: int) -> int:
    return month + 1 if month % 100 < 12 else month + 89


def _earlier(month: int) -> int:
    return month - 1 if month % 100 > 1 else month - 89
