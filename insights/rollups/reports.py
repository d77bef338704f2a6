"""Where the figures of a report stood before: another campaign, or another instant.

A snapshot belongs to whatever campaign its ad account's campaign is linked to, and a day begins when the
account's zone says so. If either changes, the next snapshot marks the new place alone.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from insights.local_days import TWO_DAYS
from insights.rollups.marks import RECOMPUTING
from insights.rollups.targets import MINUTE, Target, coalesced
from warehouse import client
from warehouse.tables import REPORT_KEY

# All snapshots are kept, so they know every place that a bucket ever had.
_MOVED = f"""
SELECT workspace_id, arrayJoin(places) AS place
FROM (
    SELECT workspace_id, groupUniqArray((campaign_id, report, starts_at)) AS places
    FROM snapshots
    WHERE workspace_id IN %(workspaces)s AND report IN %(reports)s
      AND bucket BETWEEN toDateTime(%(first)s) AND toDateTime(%(last)s)
    GROUP BY {REPORT_KEY}
    HAVING length(places) > 1 AND hasAny(groupUniqArray(toString(campaign_id)), %(campaigns)s)
)
"""


def with_former_places(targets: Sequence[Target]) -> list[Target]:
    """These targets, and wherever else the reports among them were ever told."""
    reports = [target for target in targets if target.family != "facts"]
    if not reports:
        return list(targets)
    parameters = {
        "workspaces": tuple({target.workspace_id for target in reports}),
        "reports": tuple({target.source for target in reports}),
        "campaigns": [str(campaign_id) for campaign_id in {target.campaign_id for target in reports}],
        "first": min(target.span[3] for target in reports) - TWO_DAYS,
        "last": max(target.span[4] for target in reports) + TWO_DAYS,
    }
    rows = client.writer().rows(_MOVED, parameters, feature=RECOMPUTING)
    return coalesced([*targets, *(_at(workspace_id, *place) for workspace_id, place in rows)])


def _at(workspace_id: UUID, campaign_id: UUID, report: str, starts_at: datetime) -> Target:
    return Target(workspace_id, campaign_id, report, starts_at, starts_at + MINUTE)
