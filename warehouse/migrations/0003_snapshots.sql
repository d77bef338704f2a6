-- What platforms report: absolute figures of one account, report, campaign and bucket, with all its
-- slices.
--
-- `snapshots` keeps every snapshot, also one without slices; the greatest `version` of a bucket stands.
-- `snapshot_slices` keeps the newest of each slice. A slice counts only while its version is that of its
-- bucket's standing snapshot, so a slice that the platform dropped vanishes. Writers insert slices first,
-- then the snapshot. `performance_history` keeps every slice of every snapshot, for "as of" and
-- restatements: those of the snapshot that stood then are the rows of its version. An unchanged slice lies
-- beside its predecessor and costs next to nothing.
--
-- `bucket` is the account's own wall clock, so that a change of its time zone leaves no figure twice;
-- `starts_at` and `ends_at` are the instants. None of the keys has our campaign's or connection's id:
-- linking an account again doubles nothing.

CREATE TABLE IF NOT EXISTS snapshots{{local}} {{on_cluster}}
(
    workspace_id         UUID,
    platform             LowCardinality(String),
    external_account_id  String CODEC(ZSTD),
    report               LowCardinality(String),
    external_campaign_id String CODEC(ZSTD),
    bucket               DateTime('UTC') CODEC(Delta, ZSTD),
    version              UInt64 COMMENT 'sequence << 20, then a hash of the snapshot' CODEC(Delta, ZSTD),
    sequence             UInt64 ALIAS bitShiftRight(version, 20),
    campaign_id          UUID CODEC(ZSTD),
    timezone             LowCardinality(String),
    starts_at            DateTime('UTC') CODEC(Delta, ZSTD),
    ends_at              DateTime('UTC') CODEC(Delta, ZSTD),
    slices               UInt32 CODEC(T64, ZSTD),
    received_at          DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    log_partition        UInt16 CODEC(ZSTD),
    log_position         UInt64 CODEC(Delta, ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(bucket)
ORDER BY (workspace_id, platform, external_account_id, report, external_campaign_id, bucket, version);

-- cluster only
CREATE TABLE IF NOT EXISTS snapshots {{on_cluster}} AS snapshots{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'snapshots{{local}}',
                     cityHash64(external_campaign_id));

CREATE TABLE IF NOT EXISTS snapshot_slices{{local}} {{on_cluster}}
(
    workspace_id         UUID,
    platform             LowCardinality(String),
    external_account_id  String CODEC(ZSTD),
    report               LowCardinality(String),
    external_campaign_id String CODEC(ZSTD),
    bucket               DateTime('UTC') CODEC(Delta, ZSTD),
    region               LowCardinality(String),
    device               LowCardinality(String),
    version              UInt64 COMMENT 'that of its snapshot' CODEC(Delta, ZSTD),
    sequence             UInt64 ALIAS bitShiftRight(version, 20),
    campaign_id          UUID CODEC(ZSTD),
    starts_at            DateTime('UTC') CODEC(Delta, ZSTD),
    ends_at              DateTime('UTC') CODEC(Delta, ZSTD),
    impressions          Nullable(UInt64) CODEC(T64, ZSTD),
    clicks               Nullable(UInt64) CODEC(T64, ZSTD),
    conversions          Nullable(Decimal(18, 6)) CODEC(ZSTD),
    spend                Nullable(Decimal(18, 6)) CODEC(ZSTD),
    revenue              Nullable(Decimal(18, 6)) CODEC(ZSTD),
    currency             LowCardinality(String)
)
ENGINE = {{replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (workspace_id, platform, external_account_id, report, external_campaign_id, bucket, region, device);

-- cluster only
CREATE TABLE IF NOT EXISTS snapshot_slices {{on_cluster}} AS snapshot_slices{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'snapshot_slices{{local}}',
                     cityHash64(external_campaign_id));

CREATE TABLE IF NOT EXISTS performance_history{{local}} {{on_cluster}}
(
    workspace_id         UUID,
    platform             LowCardinality(String),
    external_account_id  String CODEC(ZSTD),
    report               LowCardinality(String),
    external_campaign_id String CODEC(ZSTD),
    bucket               DateTime('UTC') CODEC(Delta, ZSTD),
    region               LowCardinality(String),
    device               LowCardinality(String),
    version              UInt64 CODEC(Delta, ZSTD),
    sequence             UInt64 ALIAS bitShiftRight(version, 20),
    campaign_id          UUID CODEC(ZSTD),
    starts_at            DateTime('UTC') CODEC(Delta, ZSTD),
    ends_at              DateTime('UTC') CODEC(Delta, ZSTD),
    impressions          Nullable(UInt64) CODEC(Delta, ZSTD),
    clicks               Nullable(UInt64) CODEC(Delta, ZSTD),
    conversions          Nullable(Decimal(18, 6)) CODEC(Delta, ZSTD),
    spend                Nullable(Decimal(18, 6)) CODEC(Delta, ZSTD),
    revenue              Nullable(Decimal(18, 6)) CODEC(Delta, ZSTD),
    currency             LowCardinality(String)
)
ENGINE = {{replicated}}ReplacingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (workspace_id, platform, external_account_id, report, external_campaign_id, bucket, region, device,
          version);

-- cluster only
CREATE TABLE IF NOT EXISTS performance_history {{on_cluster}} AS performance_history{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'performance_history{{local}}',
                     cityHash64(external_campaign_id));

CREATE MATERIALIZED VIEW IF NOT EXISTS snapshot_slices_to_history {{on_cluster}} TO performance_history AS
SELECT workspace_id, platform, external_account_id, report, external_campaign_id, bucket, region, device,
       version, campaign_id, starts_at, ends_at, impressions, clicks, conversions, spend, revenue, currency
FROM snapshot_slices{{local}};
