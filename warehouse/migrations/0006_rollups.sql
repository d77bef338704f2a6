-- Figures by minute, 15 minutes and day: always f(raw rows), never incremented.
--
-- `source` is events, tracked, or the name of the report. For tracked interactions `impressions`, `clicks`,
-- `conversions` and `revenue` hold what was tracked and its value. A metric is null where no row of the key
-- told it. `currency` is empty where a row has no money. A recompute takes its `version` from the engine's
-- clock and writes deletion rows for keys that have vanished.
--
-- `rollup_minute` serves the newest figures and is dropped by whole days; `rollup_15min` is kept, because every
-- time zone in use begins its days on one; `rollup_day` is keyed by the time zone that its days are told in.

CREATE TABLE IF NOT EXISTS rollup_minute{{local}} {{on_cluster}}
(
    workspace_id UUID,
    campaign_id  UUID,
    bucket       DateTime('UTC') CODEC(Delta, ZSTD),
    source       LowCardinality(String),
    platform     LowCardinality(String),
    region       LowCardinality(String),
    device       LowCardinality(String),
    currency     LowCardinality(String),
    impressions  Nullable(UInt64) CODEC(T64, ZSTD),
    clicks       Nullable(UInt64) CODEC(T64, ZSTD),
    conversions  Nullable(Decimal(38, 6)) CODEC(ZSTD),
    spend        Nullable(Decimal(38, 6)) CODEC(ZSTD),
    revenue      Nullable(Decimal(38, 6)) CODEC(ZSTD),
    version      UInt64 COMMENT 'the engine''s clock in microseconds' CODEC(Delta, ZSTD),
    is_deleted   UInt8 CODEC(ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMMDD(bucket)
ORDER BY (workspace_id, campaign_id, bucket, source, platform, region, device, currency);

-- cluster only
CREATE TABLE IF NOT EXISTS rollup_minute {{on_cluster}} AS rollup_minute{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'rollup_minute{{local}}', cityHash64(campaign_id));

CREATE TABLE IF NOT EXISTS rollup_15min{{local}} {{on_cluster}}
(
    workspace_id UUID,
    campaign_id  UUID,
    bucket       DateTime('UTC') CODEC(Delta, ZSTD),
    source       LowCardinality(String),
    platform     LowCardinality(String),
    region       LowCardinality(String),
    device       LowCardinality(String),
    currency     LowCardinality(String),
    impressions  Nullable(UInt64) CODEC(T64, ZSTD),
    clicks       Nullable(UInt64) CODEC(T64, ZSTD),
    conversions  Nullable(Decimal(38, 6)) CODEC(ZSTD),
    spend        Nullable(Decimal(38, 6)) CODEC(ZSTD),
    revenue      Nullable(Decimal(38, 6)) CODEC(ZSTD),
    version      UInt64 COMMENT 'the engine''s clock in microseconds' CODEC(Delta, ZSTD),
    is_deleted   UInt8 CODEC(ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (workspace_id, campaign_id, bucket, source, platform, region, device, currency);

-- cluster only
CREATE TABLE IF NOT EXISTS rollup_15min {{on_cluster}} AS rollup_15min{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'rollup_15min{{local}}', cityHash64(campaign_id));

CREATE TABLE IF NOT EXISTS rollup_day{{local}} {{on_cluster}}
(
    workspace_id UUID,
    campaign_id  UUID,
    timezone     LowCardinality(String),
    bucket       Date CODEC(Delta, ZSTD),
    source       LowCardinality(String),
    platform     LowCardinality(String),
    region       LowCardinality(String),
    device       LowCardinality(String),
    currency     LowCardinality(String),
    impressions  Nullable(UInt64) CODEC(T64, ZSTD),
    clicks       Nullable(UInt64) CODEC(T64, ZSTD),
    conversions  Nullable(Decimal(38, 6)) CODEC(ZSTD),
    spend        Nullable(Decimal(38, 6)) CODEC(ZSTD),
    revenue      Nullable(Decimal(38, 6)) CODEC(ZSTD),
    version      UInt64 COMMENT 'the engine''s clock in microseconds' CODEC(Delta, ZSTD),
    is_deleted   UInt8 CODEC(ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (workspace_id, campaign_id, timezone, bucket, source, platform, region, device, currency);

-- cluster only
CREATE TABLE IF NOT EXISTS rollup_day {{on_cluster}} AS rollup_day{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'rollup_day{{local}}', cityHash64(campaign_id));
