-- What has to be recomputed, marked by views on every raw insert. Deletions and erasures insert marks
-- themselves.
--
-- One row a bucket (visitor, click id), whose newest mark stands. `version` is the engine's clock at the mark
-- in microseconds, twice over: whoever has settled a mark inserts its row again with `settled` = 1 and
-- `version` + 1. That beats this mark and loses to every later one, in any order of arrival. FINAL hides what
-- is settled. Only settled marks expire, a day after they were settled.

CREATE TABLE IF NOT EXISTS dirty_buckets{{local}} {{on_cluster}}
(
    workspace_id UUID,
    campaign_id  UUID,
    source       LowCardinality(String) COMMENT 'events, tracked, or the name of the report',
    bucket       DateTime('UTC') COMMENT 'a minute; the start of its bucket for a report' CODEC(Delta, ZSTD),
    version      UInt64 CODEC(Delta, ZSTD),
    settled      UInt8 CODEC(ZSTD),
    marked_at    DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(toInt64(intDiv(version, 2)), 'UTC'),
    written_at   DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(version, settled)
PARTITION BY toYYYYMM(bucket)
ORDER BY (workspace_id, campaign_id, source, bucket)
TTL written_at + INTERVAL 1 DAY DELETE WHERE settled = 1;

-- cluster only
CREATE TABLE IF NOT EXISTS dirty_buckets {{on_cluster}} AS dirty_buckets{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'dirty_buckets{{local}}',
                     cityHash64(campaign_id));

CREATE MATERIALIZED VIEW IF NOT EXISTS metric_events_mark_buckets {{on_cluster}} TO dirty_buckets AS
SELECT workspace_id, campaign_id, 'events' AS source, toStartOfMinute(occurred_at) AS bucket,
       toUInt64(toUnixTimestamp64Micro(now64(6))) * 2 AS version, 0 AS settled
FROM metric_events{{local}}
GROUP BY workspace_id, campaign_id, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS interactions_mark_buckets {{on_cluster}} TO dirty_buckets AS
SELECT workspace_id, campaign_id, 'tracked' AS source, toStartOfMinute(occurred_at) AS bucket,
       toUInt64(toUnixTimestamp64Micro(now64(6))) * 2 AS version, 0 AS settled
FROM interactions{{local}}
GROUP BY workspace_id, campaign_id, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS snapshot_slices_mark_buckets {{on_cluster}} TO dirty_buckets AS
SELECT workspace_id, campaign_id, report AS source, starts_at AS bucket,
       toUInt64(toUnixTimestamp64Micro(now64(6))) * 2 AS version, 0 AS settled
FROM snapshot_slices{{local}}
GROUP BY workspace_id, campaign_id, source, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS snapshots_mark_buckets {{on_cluster}} TO dirty_buckets AS
SELECT workspace_id, campaign_id, report AS source, starts_at AS bucket,
       toUInt64(toUnixTimestamp64Micro(now64(6))) * 2 AS version, 0 AS settled
FROM snapshots{{local}}
GROUP BY workspace_id, campaign_id, source, bucket;

CREATE TABLE IF NOT EXISTS dirty_visitors{{local}} {{on_cluster}}
(
    workspace_id UUID,
    visitor_hash UInt128 CODEC(ZSTD),
    day          Date COMMENT 'of the interaction, in UTC' CODEC(ZSTD),
    version      UInt64 CODEC(Delta, ZSTD),
    settled      UInt8 CODEC(ZSTD),
    marked_at    DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(toInt64(intDiv(version, 2)), 'UTC'),
    written_at   DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(version, settled)
PARTITION BY toYYYYMM(day)
ORDER BY (workspace_id, visitor_hash, day)
TTL written_at + INTERVAL 1 DAY DELETE WHERE settled = 1;

-- cluster only
CREATE TABLE IF NOT EXISTS dirty_visitors {{on_cluster}} AS dirty_visitors{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'dirty_visitors{{local}}',
                     cityHash64(visitor_hash));

CREATE MATERIALIZED VIEW IF NOT EXISTS interactions_mark_visitors {{on_cluster}} TO dirty_visitors AS
SELECT workspace_id, visitor_hash, toDate(occurred_at) AS day,
       toUInt64(toUnixTimestamp64Micro(now64(6))) * 2 AS version, 0 AS settled
FROM interactions{{local}}
WHERE visitor_hash != 0
GROUP BY workspace_id, visitor_hash, day;

CREATE TABLE IF NOT EXISTS dirty_click_ids{{local}} {{on_cluster}}
(
    workspace_id  UUID,
    click_id_hash UInt128 CODEC(ZSTD),
    day           Date COMMENT 'of the interaction, in UTC' CODEC(ZSTD),
    version       UInt64 CODEC(Delta, ZSTD),
    settled       UInt8 CODEC(ZSTD),
    marked_at     DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(toInt64(intDiv(version, 2)), 'UTC'),
    written_at    DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(version, settled)
PARTITION BY toYYYYMM(day)
ORDER BY (workspace_id, click_id_hash, day)
TTL written_at + INTERVAL 1 DAY DELETE WHERE settled = 1;

-- cluster only
CREATE TABLE IF NOT EXISTS dirty_click_ids {{on_cluster}} AS dirty_click_ids{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'dirty_click_ids{{local}}',
                     cityHash64(click_id_hash));

CREATE MATERIALIZED VIEW IF NOT EXISTS interactions_mark_click_ids {{on_cluster}} TO dirty_click_ids AS
SELECT workspace_id, reinterpretAsUInt128(sipHash128(click_id.1, click_id.2)) AS click_id_hash,
       toDate(occurred_at) AS day, toUInt64(toUnixTimestamp64Micro(now64(6))) * 2 AS version, 0 AS settled
FROM interactions{{local}}
ARRAY JOIN CAST(click_ids, 'Array(Tuple(String, String))') AS click_id
GROUP BY workspace_id, click_id_hash, day;
