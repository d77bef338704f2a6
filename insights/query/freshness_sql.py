"""The statements that tell how fresh and how final an answer is."""

from collections.abc import Sequence
from datetime import datetime

from insights.query.plan import Plan
from insights.query.sql import MINE, Statement, at_edge, filled
from insights.sources import EVENTS, TRACKED

RECEIVED = "received"
UNSETTLED = "unsettled"


def marks_statement(plan: Plan, final_before: datetime) -> Statement:
    """Rows of a topic, a name and a time: RECEIVED by source, UNSETTLED by bucket, TRACKED if there is any.

    Every insert leaves a mark, and a settled one is kept for a day. Only buckets that could be final are
    looked through for unsettled ones.
    """
    sql = f"""
WITH %(edges)s AS edges
SELECT '{RECEIVED}' AS about, toString(source) AS name, max(marked_at) AS at
FROM dirty_buckets WHERE {MINE} GROUP BY name
UNION ALL
SELECT '{UNSETTLED}', toString({at_edge("bucket", "edges")}) AS name, max(marked_at)
FROM dirty_buckets FINAL
WHERE {MINE} AND settled = 0
    AND bucket >= toDateTime(%(begins)s, 'UTC') AND bucket < toDateTime(%(final_before)s, 'UTC')
GROUP BY name
UNION ALL
SELECT '{TRACKED}', '', now64(6, 'UTC')
FROM (SELECT 1 FROM rollup_15min WHERE {MINE} AND source = '{TRACKED}' AND is_deleted = 0 LIMIT 1)"""  # noqa: S608
    latest = min(int(final_before.timestamp()), plan.ends)
    return filled(sql, plan, final_before=max(latest, plan.begins))


def receipts_statement(plan: Plan, sources: Sequence[str]) -> Statement:
    """When each of these sources delivered last, according to its raw rows; none for one that never did."""
    selects = [_receipts(source) for source in sources]
    return filled(" UNION ALL ".join(selects), plan)


def _receipts(source: str) -> str:
    table = {EVENTS: "metric_events", TRACKED: "interactions"}.get(source, "snapshots")
    only = " AND report = %(report)s" if table == "snapshots" else ""
    name = f"'{source}'" if table != "snapshots" else "%(report)s"
    return f"SELECT {name}, max(received_at) FROM {table} WHERE {MINE}{only} HAVING count() > 0"  # noqa: S608
