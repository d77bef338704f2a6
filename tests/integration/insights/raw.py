"""Raw rows of one campaign, and what stands in its rollups."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from insights.rollups.targets import Target
from tests.integration.warehouse.facts import columns_of
from warehouse.client import Writer
from warehouse.tables import INTERACTIONS, METRIC_EVENTS, SNAPSHOT_SLICES, SNAPSHOTS, Table
from warehouse.versions import event_version, snapshot_version
from warehouse.writer import insert

FEATURE = "test"
Row = dict[str, Any]


class Figures(NamedTuple):
    impressions: int | None = None
    clicks: int | None = None
    conversions: Decimal | None = None
    spend: Decimal | None = None
    revenue: Decimal | None = None


Standing = dict[tuple[Any, ...], Figures]


class Raw:
    """Every row is remembered, so that the oracle can be asked about them."""

    def __init__(self, writer: Writer, workspace_id: UUID, campaign_id: UUID) -> None:
        self.writer = writer
        self.workspace_id = workspace_id
        self.campaign_id = campaign_id
        self.events: list[Row] = []
        self.interactions: list[Row] = []
        self.snapshots: list[Row] = []
        self.slices: list[Row] = []

    def event(self, event_id: str, at: datetime, *, after: float = 1.0, **fields: Any) -> Row:
        """`after` so many seconds it was received; of one identity the one received last stands."""
        return self._fact(event_id, at, after) | {"platform": "meta", **_blank(), **fields}

    def interaction(self, event_id: str, at: datetime, *, after: float = 1.0, **fields: Any) -> Row:
        blank = {
            "kind": "click",
            "region": "",
            "device": "",
            "value": None,
            "currency": "",
            "visitor_hash": 0,
        }
        return self._fact(event_id, at, after) | {"platform": "google", "click_ids": {}} | blank | fields

    def put_events(self, *rows: Row) -> None:
        self.events += rows
        self._insert(METRIC_EVENTS, rows)

    def put_interactions(self, *rows: Row) -> None:
        self.interactions += rows
        self._insert(INTERACTIONS, rows)

    def put_snapshot(
        self,
        report: str,
        sequence: int,
        starts_at: datetime,
        slices: dict[str, Row],
        *,
        timezone: str = "Europe/Berlin",
        account: str = "act_1",
        campaign_id: UUID | None = None,
        bucket: datetime | None = None,
        is_whole: bool = True,
    ) -> None:
        """`slices` by region; `bucket` is the account's wall clock when the bucket began.

        Unless it is whole its slices are there already, and it is not.
        """
        length = timedelta(hours=1) if report.startswith("hour") else timedelta(days=1)
        whole = {
            "workspace_id": self.workspace_id,
            "platform": "meta",
            "external_account_id": account,
            "report": report,
            "external_campaign_id": "c1",
            "bucket": bucket or starts_at,
            "version": snapshot_version(sequence, 0),
            "campaign_id": campaign_id or self.campaign_id,
            "starts_at": starts_at,
            "ends_at": starts_at + length,
        }
        told = [whole | _blank() | {"region": region} | fields for region, fields in slices.items()]
        self.slices += told
        self._insert(SNAPSHOT_SLICES, told)
        if not is_whole:
            return
        head = whole | {"timezone": timezone, "slices": len(told), "received_at": starts_at}
        self.snapshots.append(head)
        self._insert(SNAPSHOTS, [head])

    def target(self, source: str, first: datetime, last: datetime) -> Target:
        return Target(self.workspace_id, self.campaign_id, source, first, last)

    def standing(self, table: str, columns: str = "bucket", campaign_id: UUID | None = None) -> Standing:
        """What stands in a rollup, by `columns`, source, platform, region, device and currency."""
        rows = self.writer.rows(
            f"SELECT {columns}, source, platform, region, device, currency, "
            "impressions, clicks, conversions, spend, revenue "
            f"FROM {table} FINAL WHERE workspace_id = %(workspace)s AND campaign_id = %(campaign)s",
            {"workspace": self.workspace_id, "campaign": campaign_id or self.campaign_id},
            feature=FEATURE,
        )
        return {row[:-5]: Figures(*row[-5:]) for row in rows}

    def _fact(self, event_id: str, at: datetime, after: float) -> Row:
        occurred = round(at.timestamp() * 1000)
        return {
            "workspace_id": self.workspace_id,
            "campaign_id": self.campaign_id,
            "occurred_at": occurred,
            "event_id_as_sent": event_id,
            "version": event_version(occurred, occurred * 1000 + round(after * 1_000_000), 0),
        }

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            insert(table, columns_of(*rows), feature=FEATURE, writer=self.writer)


def _blank() -> Row:
    figures = dict.fromkeys(("impressions", "clicks", "conversions", "spend", "revenue"))
    return {"region": "", "device": "", "currency": "", **figures}
