"""Bytes on disk for an interaction and for a metric event, column by column.

`make bench-storage`: a million rows each of random ids, a 128-bit visitor hash, and a 60-character click id
on three in ten, received in the order in which they happened, in 20 inserts; then merged, as ClickHouse does
by itself.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.stand import engines
from benchmarks.verdict import verdict
from runtime.config import configuration
from warehouse.client import Writer, writer_of
from warehouse.migration_files import read_migrations
from warehouse.migrator import Migrator
from warehouse.versions import EARLIEST_MICROSECONDS, HASH_BITS

ROWS, BATCHES = 1_000_000, 20
FEATURE = "bench_storage"
MOST_BYTES = {"interactions": 60, "metric_events": 30}

# Fifty campaigns of five workspaces, some much larger than others, over one week.
FACTS = f"""
WITH number + %(first)s AS n,
     [cityHash64(n, 1), cityHash64(n, 2), cityHash64(n, 3), cityHash64(n, 4)] AS chance,
     toUInt32(50 * pow((chance[1] %% 1000000) / 1000000, 1.7)) AS campaign,
     toInt64(1793491200000 + n * 604.8 + chance[2] %% 2000) AS happened,
     20000 + chance[3] %% 700000 AS delay
SELECT reinterpretAsUUID(sipHash128(intDiv(campaign, 10))) AS workspace_id,
       reinterpretAsUUID(sipHash128(1000 + campaign)) AS campaign_id,
       fromUnixTimestamp64Milli(happened, 'UTC') AS occurred_at,
       toString(generateUUIDv4(n)) AS event_id_as_sent,
       bitShiftLeft(toUInt64(delay + {EARLIEST_MICROSECONDS}), {HASH_BITS})
           + sipHash64(n) %% {1 << HASH_BITS} AS version,
       ['meta', 'google', 'linkedin', 'tiktok'][campaign %% 4 + 1] AS platform,
       ['US', 'DE', 'GB', 'FR', 'IN', 'BR', ''][chance[2] %% 7 + 1] AS region,
       ['desktop', 'mobile', 'mobile', 'tablet', ''][chance[3] %% 5 + 1] AS device,
       toUInt16(campaign %% 12) AS log_partition,
       intDiv(n, 12) AS log_position,
"""
INTERACTIONS = f"""
INSERT INTO interactions (
    workspace_id, campaign_id, occurred_at, event_id_as_sent, version, platform, region, device,
    log_partition, log_position, kind, source, visitor_hash, click_ids, conversion_type, value, currency, utm)
{FACTS}
       multiIf(chance[4] %% 100 < 92, 'click', chance[4] %% 100 < 98, 'conversion', 'impression') AS kind,
       ['newsletter', 'ads', 'social', 'partner'][chance[1] %% 4 + 1] AS source,
       reinterpretAsUInt128(sipHash128(chance[4] %% 600000)) AS visitor_hash,
       if(chance[3] %% 10 < 3, map('gclid', substring(replaceRegexpAll(base64Encode(
           concat(sipHash128(n, 1), sipHash128(n, 2), sipHash128(n, 3))), '[+/=]', 'x'), 1, 60)),
           map()) AS click_ids,
       if(kind = 'conversion', ['purchase', 'lead', 'signup'][chance[2] %% 3 + 1], '') AS conversion_type,
       if(kind = 'conversion' AND chance[2] %% 3 = 0,
          toDecimal64((chance[1] %% 20000) / 100, 6), NULL) AS value,
       if(value IS NULL, '', 'EUR') AS currency,
       if(chance[1] %% 2 = 0, map('source', platform, 'medium', 'cpc', 'campaign',
                                 concat('autumn-', toString(campaign))), map()) AS utm
FROM numbers(%(count)s)
"""
METRIC_EVENTS = f"""
INSERT INTO metric_events (
    workspace_id, campaign_id, occurred_at, event_id_as_sent, version, platform, region, device,
    log_partition, log_position, impressions, clicks, conversions, spend, revenue, currency)
{FACTS}
       20 + chance[4] %% 180 AS impressions,
       chance[1] %% 8 AS clicks,
       if(chance[4] %% 20 = 0, 1, 0) AS conversions,
       toDecimal64((chance[2] %% 400) / 100, 6) AS spend,
       if(conversions > 0, toDecimal64((chance[3] %% 9000) / 100, 6), 0) AS revenue,
       'EUR' AS currency
FROM numbers(%(count)s)
"""


def main() -> None:
    with engines(), _migrated() as writer:
        console = Console()
        console.print(f"{describe()}; {ROWS:,} rows each")
        for table, statement in {"interactions": INTERACTIONS, "metric_events": METRIC_EVENTS}.items():
            _fill(writer, statement)
            console.print(_table(writer, table))
        console.print(_beside(writer))


@contextmanager
def _migrated() -> Iterator[Writer]:
    options = configuration()
    with closing(writer_of(options, database="default")) as server, closing(writer_of(options)) as writer:
        Migrator(options.clickhouse, server, writer, read_migrations()).apply(lambda *_: None)
        yield writer


def _fill(writer: Writer, statement: str) -> None:
    count = ROWS // BATCHES
    for batch in track(range(BATCHES), "inserting", transient=True):
        writer.run(statement, {"first": batch * count, "count": count}, feature=FEATURE)


def _table(writer: Writer, table: str) -> Table:
    writer.run(f"OPTIMIZE TABLE {table} FINAL", feature=FEATURE)
    rows = writer.rows(
        "SELECT column, any(type), sum(column_bytes_on_disk) / sum(rows) AS bytes FROM system.parts_columns"
        " WHERE active AND database = currentDatabase() AND table = %(table)s"
        " GROUP BY column ORDER BY bytes DESC",
        {"table": table},
        feature=FEATURE,
    )
    total = _bytes_per_row(writer, table)
    told = f"at most {MOST_BYTES[table]}: {verdict(total <= MOST_BYTES[table])}"
    page = Table(title=f"{table}: {total:.1f} bytes a row, {told}", box=None)
    page.add_column("column")
    page.add_column("type")
    page.add_column("bytes a row", justify="right")
    for column, kind, size in rows:
        page.add_row(column, kind, f"{size:.2f}")
    return page


def _bytes_per_row(writer: Writer, table: str) -> float:
    sql = (
        "SELECT sum(bytes_on_disk) / sum(rows) FROM system.parts"
        " WHERE active AND database = currentDatabase() AND table = %(table)s"
    )
    return float(writer.value(sql, {"table": table}, feature=FEATURE))


def _beside(writer: Writer) -> Table:
    """What the views keep for each interaction, beside the raw row."""
    page = Table(title="beside the raw rows", box=None)
    page.add_column("table")
    page.add_column("rows", justify="right")
    page.add_column("bytes a row", justify="right")
    for table in ("interactions_by_visitor", "interactions_by_click_id", "dirty_visitors", "dirty_buckets"):
        writer.run(f"OPTIMIZE TABLE {table} FINAL", feature=FEATURE)
        rows = int(writer.value(f"SELECT count() FROM {table}", feature=FEATURE))
        page.add_row(table, f"{rows:,}", f"{_bytes_per_row(writer, table):.1f}")
    return page


if __name__ == "__main__":
    main()
