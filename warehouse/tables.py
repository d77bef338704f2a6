"""What lies in the warehouse, declared once: the columns of every table in order, its engine and its keys.

The migrations make it, and a test compares the two. A type ends in the kind of its column: ALIAS and DEFAULT
are worked out by the server, EPHEMERAL is only ever sent.
"""

from collections.abc import Mapping

from msgspec import Struct

EVENT_ID = {"event_uuid": "UUID", "event_text": "String", "event_id": "String ALIAS"}
SENT_EVENT_ID = {
    "event_id_as_sent": "String EPHEMERAL",
    "event_uuid": "UUID DEFAULT",
    "event_text": "String DEFAULT",
    "event_id": "String ALIAS",
}
EVENT_VERSION = {"version": "UInt64", "received_at": "DateTime64(6, 'UTC') ALIAS"}
LOG_PLACE = {"log_partition": "UInt16", "log_position": "UInt64"}
METRICS = {
    "impressions": "Nullable(UInt64)",
    "clicks": "Nullable(UInt64)",
    "conversions": "Nullable(Decimal(18, 6))",
    "spend": "Nullable(Decimal(18, 6))",
    "revenue": "Nullable(Decimal(18, 6))",
    "currency": "LowCardinality(String)",
}
KIND = {"kind": "Enum8('click' = 1, 'conversion' = 2, 'impression' = 3)"}
REPORT = {
    "workspace_id": "UUID",
    "platform": "LowCardinality(String)",
    "external_account_id": "String",
    "report": "LowCardinality(String)",
    "external_campaign_id": "String",
    "bucket": "DateTime('UTC')",
}
REPORT_KEY = ", ".join(REPORT)
DIMENSIONS = {"region": "LowCardinality(String)", "device": "LowCardinality(String)"}
SNAPSHOT_VERSION = {"version": "UInt64", "sequence": "UInt64 ALIAS"}
SPAN = {"starts_at": "DateTime('UTC')", "ends_at": "DateTime('UTC')"}
VALUE = {
    "conversion_type": "LowCardinality(String)",
    "value": "Nullable(Decimal(18, 6))",
    "currency": "LowCardinality(String)",
}
MARK = {
    "version": "UInt64",
    "settled": "UInt8",
    "marked_at": "DateTime64(6, 'UTC') ALIAS",
    "written_at": "DateTime('UTC') DEFAULT",
}

SUMS = {
    "impressions": "Nullable(UInt64)",
    "clicks": "Nullable(UInt64)",
    "conversions": "Nullable(Decimal(38, 6))",
    "spend": "Nullable(Decimal(38, 6))",
    "revenue": "Nullable(Decimal(38, 6))",
}
RECOMPUTED = {"version": "UInt64", "is_deleted": "UInt8"}


class Table(Struct, frozen=True):
    name: str
    columns: Mapping[str, str]
    engine: str
    partition_key: str
    sorting_key: str

    @property
    def inserted(self) -> tuple[str, ...]:
        """The columns that a writer may name; the server works out the others."""
        return tuple(name for name, kind in self.columns.items() if not kind.endswith((" ALIAS", " DEFAULT")))


class View(Struct, frozen=True):
    """Copies what is inserted into `source` on to `target`, within the insert."""

    name: str
    source: str
    target: str


METRIC_EVENTS = Table(
    "metric_events",
    {
        "workspace_id": "UUID",
        "campaign_id": "UUID",
        "occurred_at": "DateTime64(3, 'UTC')",
        **SENT_EVENT_ID,
        **EVENT_VERSION,
        "platform": "LowCardinality(String)",
        **DIMENSIONS,
        **METRICS,
        **LOG_PLACE,
    },
    engine="ReplacingMergeTree(version)",
    partition_key="toYYYYMM(occurred_at)",
    sorting_key="workspace_id, campaign_id, occurred_at, event_uuid, event_text",
)

INTERACTIONS = Table(
    "interactions",
    {
        "workspace_id": "UUID",
        "campaign_id": "UUID",
        **KIND,
        "occurred_at": "DateTime64(3, 'UTC')",
        **SENT_EVENT_ID,
        **EVENT_VERSION,
        "platform": "LowCardinality(String)",
        "source": "LowCardinality(String)",
        "visitor_hash": "UInt128",
        "click_ids": "Map(LowCardinality(String), String)",
        "clicked_event_id": "String",
        **VALUE,
        **DIMENSIONS,
        "utm": "Map(LowCardinality(String), String)",
        "referrer": "String",
        "consent": "LowCardinality(String)",
        **LOG_PLACE,
    },
    engine="ReplacingMergeTree(version)",
    partition_key="toYYYYMM(occurred_at)",
    sorting_key="workspace_id, campaign_id, kind, occurred_at, event_uuid, event_text",
)

INTERACTIONS_BY_VISITOR = Table(
    "interactions_by_visitor",
    {
        "workspace_id": "UUID",
        "visitor_hash": "UInt128",
        "occurred_at": "DateTime64(3, 'UTC')",
        "campaign_id": "UUID",
        **KIND,
        **EVENT_ID,
        "version": "UInt64",
        "platform": "LowCardinality(String)",
        "source": "LowCardinality(String)",
        "clicked_event_id": "String",
        **VALUE,
    },
    engine="ReplacingMergeTree(version)",
    partition_key="toYYYYMM(occurred_at)",
    sorting_key="workspace_id, visitor_hash, occurred_at, campaign_id, kind, event_uuid, event_text",
)

INTERACTIONS_BY_CLICK_ID = Table(
    "interactions_by_click_id",
    {
        "workspace_id": "UUID",
        "click_id_hash": "UInt128",
        "occurred_at": "DateTime64(3, 'UTC')",
        "campaign_id": "UUID",
        **KIND,
        **EVENT_ID,
        "version": "UInt64",
        "visitor_hash": "UInt128",
        "platform": "LowCardinality(String)",
        "source": "LowCardinality(String)",
        **VALUE,
    },
    engine="ReplacingMergeTree(version)",
    partition_key="toYYYYMM(occurred_at)",
    sorting_key="workspace_id, click_id_hash, occurred_at, campaign_id, kind, event_uuid, event_text",
)

SNAPSHOTS = Table(
    "snapshots",
    {
        **REPORT,
        **SNAPSHOT_VERSION,
        "campaign_id": "UUID",
        "timezone": "LowCardinality(String)",
        **SPAN,
        "slices": "UInt32",
        "received_at": "DateTime64(6, 'UTC')",
        **LOG_PLACE,
    },
    engine="ReplacingMergeTree(received_at)",
    partition_key="toYYYYMM(bucket)",
    sorting_key=f"{REPORT_KEY}, version",
)

SNAPSHOT_SLICES = Table(
    "snapshot_slices",
    {**REPORT, **DIMENSIONS, **SNAPSHOT_VERSION, "campaign_id": "UUID", **SPAN, **METRICS},
    engine="ReplacingMergeTree(version)",
    partition_key="toYYYYMM(bucket)",
    sorting_key=f"{REPORT_KEY}, region, device",
)

PERFORMANCE_HISTORY = Table(
    "performance_history",
    SNAPSHOT_SLICES.columns,
    engine="ReplacingMergeTree",
    partition_key="toYYYYMM(bucket)",
    sorting_key=f"{REPORT_KEY}, region, device, version",
)

DIRTY_BUCKETS = Table(
    "dirty_buckets",
    {
        "workspace_id": "UUID",
        "campaign_id": "UUID",
        "source": "LowCardinality(String)",
        "bucket": "DateTime('UTC')",
        **MARK,
    },
    engine="ReplacingMergeTree(version, settled)",
    partition_key="toYYYYMM(bucket)",
    sorting_key="workspace_id, campaign_id, source, bucket",
)

DIRTY_VISITORS = Table(
    "dirty_visitors",
    {"workspace_id": "UUID", "visitor_hash": "UInt128", "day": "Date", **MARK},
    engine="ReplacingMergeTree(version, settled)",
    partition_key="toYYYYMM(day)",
    sorting_key="workspace_id, visitor_hash, day",
)

DIRTY_CLICK_IDS = Table(
    "dirty_click_ids",
    {"workspace_id": "UUID", "click_id_hash": "UInt128", "day": "Date", **MARK},
    engine="ReplacingMergeTree(version, settled)",
    partition_key="toYYYYMM(day)",
    sorting_key="workspace_id, click_id_hash, day",
)


def _rollup(name: str, bucket: Mapping[str, str], partition_key: str) -> Table:
    dimensions = {"platform": "LowCardinality(String)", **DIMENSIONS, "currency": "LowCardinality(String)"}
    key = {
        "workspace_id": "UUID",
        "campaign_id": "UUID",
        **bucket,
        "source": "LowCardinality(String)",
        **dimensions,
    }
    return Table(
        name,
        {**key, **SUMS, **RECOMPUTED},
        engine="ReplacingMergeTree(version, is_deleted)",
        partition_key=partition_key,
        sorting_key=", ".join(key),
    )


ROLLUP_MINUTE = _rollup("rollup_minute", {"bucket": "DateTime('UTC')"}, "toYYYYMMDD(bucket)")
ROLLUP_15MIN = _rollup("rollup_15min", {"bucket": "DateTime('UTC')"}, "toYYYYMM(bucket)")
ROLLUP_DAY = _rollup(
    "rollup_day", {"timezone": "LowCardinality(String)", "bucket": "Date"}, "toYYYYMM(bucket)"
)

LOG_PROGRESS = Table(
    "log_progress",
    {
        "log": "LowCardinality(String)",
        "log_partition": "UInt16",
        "through": "DateTime64(3, 'UTC')",
    },
    engine="ReplacingMergeTree(through)",
    partition_key="",
    sorting_key="log, log_partition",
)

LAST_RECEIVED = Table(
    "last_received",
    {
        "workspace_id": "UUID",
        "campaign_id": "UUID",
        "source": "LowCardinality(String)",
        "received_at": "DateTime64(6, 'UTC')",
    },
    engine="ReplacingMergeTree(received_at)",
    partition_key="",
    sorting_key="workspace_id, campaign_id, source",
)

TABLES = (
    METRIC_EVENTS,
    INTERACTIONS,
    INTERACTIONS_BY_VISITOR,
    INTERACTIONS_BY_CLICK_ID,
    SNAPSHOTS,
    SNAPSHOT_SLICES,
    PERFORMANCE_HISTORY,
    DIRTY_BUCKETS,
    DIRTY_VISITORS,
    DIRTY_CLICK_IDS,
    ROLLUP_MINUTE,
    ROLLUP_15MIN,
    ROLLUP_DAY,
    LOG_PROGRESS,
    LAST_RECEIVED,
)

VIEWS = (
    View("interactions_to_visitors", "interactions", "interactions_by_visitor"),
    View("interactions_to_click_ids", "interactions", "interactions_by_click_id"),
    View("snapshot_slices_to_history", "snapshot_slices", "performance_history"),
    View("metric_events_mark_buckets", "metric_events", "dirty_buckets"),
    View("interactions_mark_buckets", "interactions", "dirty_buckets"),
    View("snapshot_slices_mark_buckets", "snapshot_slices", "dirty_buckets"),
    View("snapshots_mark_buckets", "snapshots", "dirty_buckets"),
    View("interactions_mark_visitors", "interactions", "dirty_visitors"),
    View("interactions_mark_click_ids", "interactions", "dirty_click_ids"),
    View("metric_events_received", "metric_events", "last_received"),
    View("interactions_received", "interactions", "last_received"),
    View("snapshots_received", "snapshots", "last_received"),
)
