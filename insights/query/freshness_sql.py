"""The statements that tell how fresh and how final an answer is."""

from datetime import datetime

from insights.local_days import TWO_DAYS
from insights.query.plan import Plan
from insights.query.sql import MINE, Statement, at_edge, filled
from insights.sources import TRACKED

RECEIVED = "received"
UNSETTLED = "unsettled"

# A day of an ad account is marked where it begins, and its figure stands on its date, in whichever zone: none
# is farther from UTC than 14 hours. Anything else stands where it is marked, if that is within the question.
_FIRST = "greatest(toUInt16(toDate(bucket - 43200)), %(first_date)s)"
_AFTER = "least(toUInt16(toDate(bucket + 50400)) + 1, %(after_date)s)"
_WITHIN = "bucket >= toDateTime(%(begins)s, 'UTC') AND bucket < toDateTime(%(ends)s, 'UTC')"
_OPEN = f"""
    if(startsWith(source, 'day'),
       arrayMap(date -> toUInt32(roundDown(transform(date, dates, days, 0), edges)),
                range(toUInt32({_FIRST}), toUInt32(greatest({_FIRST}, {_AFTER})))),
       if({_WITHIN}, [{at_edge("bucket", "edges")}], []))
"""


def freshness_statement(plan: Plan, final_before: datetime) -> Statement:
    """Rows of a kind, a name and a time: RECEIVED by source, UNSETTLED by bucket, TRACKED if there is any.

    Only buckets that could be final are looked through for unsettled marks.
    """
    sql = f"""
WITH %(edges)s AS edges, %(days)s AS days, range(%(first_date)s, %(after_date)s) AS dates
SELECT '{RECEIVED}' AS about, toString(source) AS name, max(received_at) AS at
FROM last_received WHERE {MINE} GROUP BY name
UNION ALL
SELECT '{UNSETTLED}', toString(arrayJoin({_OPEN})) AS name, max(marked_at)
FROM dirty_buckets FINAL
WHERE {MINE} AND settled = 0
    AND bucket >= toDateTime(%(begins)s, 'UTC') - {TWO_DAYS}
    AND bucket < toDateTime(%(final_before)s, 'UTC') + {TWO_DAYS}
GROUP BY name
UNION ALL
SELECT '{TRACKED}', '', now64(6, 'UTC')
FROM (SELECT 1 FROM rollup_15min WHERE {MINE} AND source = '{TRACKED}' AND is_deleted = 0 LIMIT 1)"""  # noqa: S608
    latest = min(int(final_before.timestamp()), plan.ends)
    return filled(sql, plan, final_before=max(latest, plan.begins))
