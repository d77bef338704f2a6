"""SQL: the statement that answers a plan. Everything that comes from outside is a parameter.

One row of its answer is the figures of one bucket, platform and further dimensions from one *standing*:
`tracked`, `report`, `events`, `overlapped` for events that a report makes not count, or `unsplit`, without
figures, for a day that the platform told as a whole only. Money in another currency is not added up;
`foreign_spend` and `foreign_revenue` say that there is some.
"""

from datetime import datetime
from typing import Any, NamedTuple

from insights.local_days import TWO_DAYS, days_since_1970
from insights.query.plan import Plan
from insights.query.question import DIMENSIONS
from insights.query.reports import Report
from insights.sources import EVENTS, TRACKED
from warehouse.tables import REPORT_KEY

OVERLAPPED = "overlapped"
REPORT = "report"
UNSPLIT = "unsplit"

MINE = "workspace_id = %(workspace)s AND campaign_id IN %(campaigns)s"
_METRICS = "impressions, clicks, conversions, spend, revenue"
_NOTHING = ", ".join(f"NULL AS {name}" for name in _METRICS.split(", "))


class Statement(NamedTuple):
    sql: str
    parameters: dict[str, Any]


class Found(NamedTuple):
    """A row of the answer, its columns in this order."""

    standing: str
    begins: int
    platform: str
    region: str
    device: str
    impressions: Any
    clicks: Any
    conversions: Any
    spend: Any
    revenue: Any
    foreign_spend: bool
    foreign_revenue: bool
    other_days: bool


def statement(plan: Plan, through: datetime | None) -> Statement:
    """Asks for one row more than may be answered, so that too many can be told.

    What was received after `through` may not be in the rollups yet.
    """
    dimensions = [name if name in plan.dimensions else f"'' AS {name}" for name in DIMENSIONS]
    sql = f"""
WITH %(edges)s AS edges, %(days)s AS days, range(%(first_date)s, %(after_date)s) AS dates
SELECT {_standing(plan)} AS standing, if(standing = '{OVERLAPPED}', 0, begins) AS bucket_begins,
    {", ".join(dimensions)},
    sum(impressions), sum(clicks), sum(conversions), {_money("spend")}, {_money("revenue")},
    {_foreign("spend")}, {_foreign("revenue")}, max(other_days)
FROM ({" UNION ALL ".join(_facts(plan))})
GROUP BY {", ".join(["standing", "bucket_begins", *plan.dimensions])}
LIMIT %(most)s"""  # noqa: S608 (names of our own)
    return filled(sql, plan, most=plan.most_rows + 1, through=_seconds(through))


def _seconds(through: datetime | None) -> float:
    """If it is not known how far the figures reach, everything is believed to be there."""
    return through.timestamp() if through else 2.0**32


def filled(sql: str, plan: Plan, **more: Any) -> Statement:
    """With those of the plan's parameters that it names: writing out a list of hours takes its time."""
    given = _parameters(plan) | more
    return Statement(sql, {name: value for name, value in given.items() if f"%({name})s" in sql})


def _parameters(plan: Plan) -> dict[str, Any]:
    first, last = plan.first_and_last
    return {
        "workspace": plan.workspace_id,
        "campaigns": plan.subject.campaign_ids,
        "edges": [bucket.begins for bucket in plan.buckets],
        "days": [day.begins for day in plan.days[:-1]],
        "first_date": days_since_1970(plan.days[0].date),
        "after_date": days_since_1970(plan.days[-1].date),
        "begins": plan.begins,
        "ends": plan.ends,
        "first": first,
        "last": last,
        "sources": _sources(plan),
        "report": plan.report.name if plan.report else "",
        "timezone": plan.timezone,
        "currency": plan.currency,
        **{f"only_{name}": values for name, values in plan.filters.items()},
    }


def _sources(plan: Plan) -> tuple[str, ...]:
    """Those that are kept by instants."""
    hourly = (plan.report.name,) if plan.report and plan.report.hourly else ()
    return (TRACKED, *((EVENTS,) if plan.events else ()), *hourly)


def _facts(plan: Plan) -> list[str]:
    facts = [_by_instant(plan)]
    if plan.report and not plan.report.hourly:
        facts.append(_by_account_day(plan))
    if plan.report and plan.plain:
        facts.append(_unsplit(plan, plan.report, plan.plain))
    return facts


def _by_instant(plan: Plan) -> str:
    return f"""
SELECT campaign_id, source, {at_edge("bucket", "edges")} AS begins, {at_edge("bucket", "days")} AS day,
    platform, region, device, currency, {_METRICS}, false AS other_days
FROM rollup_15min FINAL
WHERE {MINE} AND bucket >= toDateTime(%(begins)s, 'UTC') AND bucket < toDateTime(%(ends)s, 'UTC')
    AND source IN %(sources)s{_filters(plan)}
"""  # noqa: S608


def _by_account_day(plan: Plan) -> str:
    """A day of the ad account stays that day, in whatever zone the question is asked."""
    return f"""
SELECT campaign_id, source, {_edge_of("day")} AS begins, {_of_date("bucket")} AS day,
    platform, region, device, currency, {_METRICS}, timezone != %(timezone)s AS other_days
FROM rollup_day FINAL
WHERE {MINE} AND bucket BETWEEN %(first)s AND %(last)s AND source = %(report)s{_filters(plan)}
"""  # noqa: S608


def _unsplit(plan: Plan, report: Report, plain: Report) -> str:
    """Of no bucket of such a day anything is known, so its first one stands for them."""
    platforms = " AND platform IN %(only_platform)s" if "platform" in plan.filters else ""
    return f"""
SELECT campaign_id, '{UNSPLIT}' AS source, {_edge_of("day")} AS begins, day, platform, '' AS region,
    '' AS device, '' AS currency, {_NOTHING}, false AS other_days
FROM ({_covered(plain)})
WHERE (campaign_id, platform, day) NOT IN ({_covered(report)}){platforms}
"""  # noqa: S608


def _standing(plan: Plan) -> str:
    if plan.report is None:
        return "source"
    alone = f"source IN ('{TRACKED}', '{UNSPLIT}'), source"
    reported = f"{alone}, source != '{EVENTS}', '{REPORT}'"
    covered = " UNION DISTINCT ".join(_covered(each) for each in (plan.report, plan.plain) if each)
    overlapped = f"(campaign_id, platform, day) IN ({covered}), '{OVERLAPPED}'"
    return (
        f"multiIf({reported}, {overlapped}, '{EVENTS}')"
        if plan.events
        else f"multiIf({reported}, '{EVENTS}')"
    )


def _covered(report: Report) -> str:
    """The days for which a platform's report speaks, even if to say that nothing happened.

    Snapshots alone know of that; rollups alone know of days whose raw rows were dropped.
    """
    if report.hourly:
        table, day, snapshot_day = "rollup_15min", at_edge("bucket", "days"), at_edge("starts", "days")
        span, snapshots = (
            f"{at} >= toDateTime(%(begins)s, 'UTC') AND {at} < toDateTime(%(ends)s, 'UTC')"
            for at in ("bucket", "starts")
        )
    else:
        table, day, snapshot_day = "rollup_day", _of_date("bucket"), _of_date("toDate(bucket)")
        span, snapshots = (
            f"{bucket} BETWEEN %(first)s AND %(last)s" for bucket in ("bucket", "toDate(bucket)")
        )
    return f"""
SELECT campaign_id, platform, {day} AS day FROM {table} FINAL
WHERE {MINE} AND {span} AND source = '{report.name}'
UNION DISTINCT
SELECT campaign, platform, {snapshot_day} FROM ({_standing_snapshots(report)})
WHERE campaign IN %(campaigns)s AND {snapshots}
"""  # noqa: S608


def _standing_snapshots(report: Report) -> str:
    """The newest of every bucket that was ever told of these campaigns; it may be of another one by now.

    One that is not in the rollups yet would hide events and bring no figures.
    """
    near = f"bucket BETWEEN toDateTime(%(begins)s - {TWO_DAYS}) AND toDateTime(%(ends)s + {TWO_DAYS})"
    there = "received_at <= toDateTime64(%(through)s, 6, 'UTC')"
    told = f"workspace_id = %(workspace)s AND report = '{report.name}' AND {near} AND {there}"
    linked = "platform, external_account_id, external_campaign_id"
    return f"""
SELECT platform, bucket, argMax(campaign_id, version) AS campaign, argMax(starts_at, version) AS starts
FROM snapshots
WHERE {told} AND ({linked}) IN (SELECT {linked} FROM snapshots WHERE {told} AND campaign_id IN %(campaigns)s)
GROUP BY {REPORT_KEY}
"""  # noqa: S608


def _filters(plan: Plan) -> str:
    """Where the report cannot tell a dimension all its rows pass, and the answer says so."""
    spared = "source = %(report)s OR "
    clauses = [f"({spared if name in plan.untold else ''}{name} IN %(only_{name})s)" for name in plan.filters]
    return "".join(f" AND {clause}" for clause in clauses)


def at_edge(column: str, edges: str) -> str:
    return f"toUInt32(roundDown(toUnixTimestamp({column}), {edges}))"


def _edge_of(day: str) -> str:
    return f"toUInt32(roundDown({day}, edges))"


def _of_date(column: str) -> str:
    return f"toUInt32(transform(toUInt16({column}), dates, days, 0))"


def _money(column: str) -> str:
    return f"sum(if(currency IN ('', %(currency)s) OR {column} = 0, {column}, NULL))"


def _foreign(column: str) -> str:
    return f"countIf({column} != 0 AND currency NOT IN ('', %(currency)s)) > 0"
