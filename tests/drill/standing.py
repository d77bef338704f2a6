"""What stands: the figures in ClickHouse, the dead letters in Postgres and on their topics."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from clickhouse_driver import Client

from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import TOPICS, dead_letters_of
from runtime.options import Options
from tests.drill.oracle import AMOUNTS, COUNTS, Campaign, Cell

GROUP = "drill"
_METRICS = (*COUNTS, *AMOUNTS)
_ROLLUP = """
SELECT source, toString(campaign_id), toString(bucket), platform, region, device, currency, {metrics}
FROM {table} FINAL
WHERE workspace_id = %(workspace)s AND campaign_id IN %(campaigns)s AND {condition}
"""
_LEVELS = {
    "minute": ("rollup_minute", "bucket >= %(since)s"),
    "15min": ("rollup_15min", "1"),
    "day": ("rollup_day", "(campaign_id, timezone) IN %(zones)s"),
}


class Warehouse:
    """Reads with the access that `demo_info` tells of."""

    def __init__(self, access: Mapping[str, Any], workspace: str, campaigns: Mapping[str, Campaign]) -> None:
        self._access = access
        self._parameters = {
            "workspace": workspace,
            "campaigns": tuple(campaigns),
            "zones": tuple((name, campaign.timezone) for name, campaign in campaigns.items()),
        }

    def figures(self, *, minutes_since: datetime) -> dict[Cell, Decimal]:
        """Of every level; a count is summed over the currencies that its rows lie under."""
        sums: dict[Cell, Decimal] = {}
        for level, (table, condition) in _LEVELS.items():
            sql = _ROLLUP.format(table=table, condition=condition, metrics=", ".join(_METRICS))
            for row in self.rows(sql, since=minutes_since.replace(tzinfo=None)):
                for cell, value in _cells(level, row):
                    sums[cell] = sums.get(cell, Decimal(0)) + value
        return {cell: value for cell, value in sums.items() if value}

    def unsettled(self) -> int:
        ((count,),) = self.rows("SELECT count() FROM dirty_buckets FINAL WHERE settled = 0")
        return int(count)

    def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with Client(**self._access) as client:
            rows: list[tuple[Any, ...]] = client.execute(sql, self._parameters | parameters)
        return rows


def _cells(level: str, row: tuple[Any, ...]) -> Iterator[tuple[Cell, Decimal]]:
    source, campaign, bucket, platform, region, device, currency, *values = row
    when = bucket if level == "day" else bucket[:16]
    for metric, value in zip(_METRICS, values, strict=True):
        if value is not None:
            money = currency if metric in AMOUNTS else ""
            yield (
                Cell(level, source, campaign, when, platform, region, device, metric, money),
                Decimal(value),
            )


def dead_letters(options: Options) -> set[bytes]:
    """Once each: one whose acknowledgement was lost may lie on the log, and here, in two places."""
    server = options.postgres
    with psycopg.connect(
        host=server.host,
        port=server.port,
        dbname=server.database,
        user=server.user,
        password=server.password,
    ) as connection:
        rows = connection.execute("SELECT payload FROM ingestion_deadletter")
        return {bytes(payload) for (payload,) in rows}


def told_dead(options: Options) -> set[bytes]:
    """What the dead-letter topics hold, once each."""
    topics = [dead_letters_of(topic) for topic in TOPICS]
    told: set[bytes] = set()
    with closing(open_log(options)) as log, closing(log.consumer(GROUP, topics)) as consumer:
        while any(log.lag(GROUP, topics).values()):
            batch = consumer.poll(500, timeout=1.0)
            told.update(b64decode(json.loads(record.value)["value"]) for record in batch.records)
            consumer.commit(batch.receipts)
    return told
